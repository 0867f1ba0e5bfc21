/// Headings of tables and labels of facts.
enum Label {
  case error, hint
  // People.
  case person, name, role, villages
  // Devices.
  case device, people, state, lastHeard, unsent, code, expires
  // The survey.
  case survey, store, devices, records, deleted, conflicts, checks, quarantined, waiting
  case epoch, directory
  // Places.
  case villageCode, village, kecamatan, enumerated, other, lastChange
  // What was kept aside, and what is wrong.
  case ground, arrived, problem, decided, reason, change, record, at, question, answer, isPrivate
  case received, reverted, leftOut, refused, newInVillage
  case changes, streams, current, settled, inConflict, replaced
  // What is missing.
  case firstMissing, lastMissing, waitingBehind, since, waitsFor, bearer, frames
  // Backups.
  case file, bytes, digest, duration, aside, restored, backedUp, sinceBackup
  // Forms.
  case form, edition, replaces, questions, number, isCurrent, isPublished
}

extension Label: Phrase {
  var text: String {
    switch self {
    case .error: "Error"
    case .hint: "Hint"
    case .person: "person"
    case .name: "name"
    case .role: "role"
    case .villages: "villages"
    case .device: "device"
    case .people: "people"
    case .state: "state"
    case .lastHeard: "last heard"
    case .unsent: "unsent"
    case .code: "code"
    case .expires: "expires"
    case .survey: "survey"
    case .store: "store"
    case .devices: "devices"
    case .records: "records"
    case .deleted: "deleted"
    case .conflicts: "in conflict"
    case .checks: "breaking a check"
    case .quarantined: "kept aside"
    case .waiting: "waiting frames"
    case .backedUp: "last backup"
    case .sinceBackup: "changes since"
    case .epoch: "epoch"
    case .directory: "directory"
    case .villageCode: "code"
    case .village: "village"
    case .kecamatan: "kecamatan"
    case .enumerated: "enumerated"
    case .other: "other"
    case .lastChange: "last change"
    case .ground: "why"
    case .arrived: "arrived"
    case .decided: "decided"
    case .reason: "because"
    case .change: "change"
    case .record: "record"
    case .at: "written"
    case .question: "question"
    case .answer: "answer"
    case .isPrivate: "private"
    case .problem: "problem"
    case .changes: "changes"
    case .received: "received"
    case .reverted: "reverted"
    case .leftOut: "left out"
    case .refused: "runs not taken"
    case .newInVillage: "new of the village"
    case .streams: "streams"
    case .current: "answers shown"
    case .settled: "settled by a rule"
    case .inConflict: "in conflict"
    case .replaced: "replaced"
    case .firstMissing: "from"
    case .lastMissing: "to"
    case .waitingBehind: "waiting"
    case .since: "since"
    case .waitsFor: "waits for"
    case .bearer: "brought by"
    case .frames: "frames"
    case .file: "file"
    case .bytes: "bytes"
    case .digest: "digest"
    case .duration: "took"
    case .aside: "kept aside in"
    case .restored: "restored"
    case .form: "form"
    case .edition: "edition"
    case .replaces: "in place of"
    case .questions: "questions"
    case .number: "number"
    case .isCurrent: "current"
    case .isPublished: "published"
    }
  }
}
