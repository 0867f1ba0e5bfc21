import Forms
import Model
import Store

/// What commands say beside their data, each time on stderr.
enum Notice {
  case founded(survey: String, villages: Int, form: String, path: String)
  case nextPerson
  case personAdded(Person)
  case personChanged(Person)
  case personUnchanged(Person)
  case village(Village)
  case alsoBeginsOthers(Village, [Village])
  case worksInAll(count: Int)
  case nextInvite(PersonID)
  case invited(DeviceID, name: String, people: [PersonID])
  case howToJoin(code: String)
  case codeExpires(String)
  case replacesLaptop(DeviceID)
  case liftsRevocation(DeviceID)
  case revoked(DeviceID, name: String)
  case invitationWithdrawn(DeviceID, name: String)
  case revokedAlready(DeviceID, name: String)
  case deviceChanged(DeviceID, name: String, people: [PersonID])
  case deviceUnchanged(DeviceID)
  case noLongerServes(DeviceID, [PersonID])
  case nothingAside
  case nothingMissing
  case seeMissing
  case howToDeclare(String)
  case declared(String, issued: Int, waiting: Int)
  case seeAside
  case bundle(BundleWords)
  case showAside(String)
  case howToTake(String)
  case cannotTake(TakingObstacle)
  case taken(Int, of: Int, device: DeviceID)
  case dropped(String, changes: Int)
  case nothingWaits
  case howToDropWaiting(String)
  case droppedWaiting(String, changes: Int)
  case worksNowhere
  case nobodyYet
  case noDeviceYet
  case listening(survey: String, address: String)
  case onlyThisMachine
  case howToStop(process: Int32)
  case stopped
  case sound
  case progress(done: Int, all: Int)
  case decide(conflicts: Int)
  case backupChecked
  case backupWaits
  case keptAside(String)
  case laptopsBringBack
  case waitsForLaptop
  case nextServe
  case waitsForNobody
  case goesOn
  case assigned
  case notPublished
  case published(String, String)
  case nothingAskedOtherwise
  case formExported(String, String, folder: String)
}

extension Notice: Phrase {
  var text: String {
    switch self {
    case .founded(let survey, let villages, let form, let path):
      "The survey \"\(survey)\" is made: \(Grammar.count(villages, "village")), "
        + "form \(form). It is kept in \(path)."
    case .nextPerson:
      "Next: kulkul-server person add surveyor1 --name \"…\" --role surveyor --village Renon"
    case .personAdded(let person): "\(person.id) is added: \(person.name), \(person.role)."
    case .personChanged(let person): "\(person.id) is changed: \(person.name), \(person.role)."
    case .personUnchanged(let person): "\(person.id) is so already; nothing was changed."
    case .village(let village): "  \(Term.village(village).text)"
    case .alsoBeginsOthers(let village, let others):
      "\(village.name) was taken for the village of that name, and not for "
        + "\(Grammar.list(others.map(\.name)))."
    case .worksInAll(let count):
      "  all \(Grammar.count(count, "village")) of the survey, and those that come later"
    case .nextInvite(let person):
      "Next: kulkul-server device invite \"Laptop 1\" --for \(person)"
    case .invited(let device, let name, let people):
      "Device \(device), \"\(name)\", may join for "
        + "\(Grammar.list(people.map(\.description))) with the code above."
    case .howToJoin(let code):
      "On the laptop: kulkul join http://HOST:8043 \(code)   "
        + "(HOST: this machine's name or address)"
    case .codeExpires(let moment): "The code works once, until \(moment)."
    case .replacesLaptop(let device):
      "Device \(device) has a laptop: once another joins with this code, the old one is locked out, "
        + "until it joins with a code of its own."
    case .liftsRevocation(let device):
      "Device \(device) was turned away: whoever joins with this code is let in again, the same "
        + "laptop with what it still has, or another one in its place."
    case .revoked(let device, let name):
      "Device \(device), \"\(name)\", is turned away. What it still brings is kept aside."
    case .invitationWithdrawn(let device, let name):
      "Device \(device), \"\(name)\", had not joined; its code works no more."
    case .revokedAlready(let device, let name):
      "Device \(device), \"\(name)\", is turned away already."
    case .deviceChanged(let device, let name, let people):
      "Device \(device), \"\(name)\", serves \(Grammar.list(people.map(\.description)))."
    case .deviceUnchanged(let device): "Device \(device) is so already; nothing was changed."
    case .noLongerServes(let device, let people):
      "What \(Grammar.list(people.map(\.description))) saved there before device \(device) hears of it "
        + "still comes in."
    case .nothingAside: "Nothing is kept aside."
    case .seeMissing: "To see what work they wait for: kulkul-server void list"
    case .nothingMissing: "Nothing is missing."
    case .howToDeclare(let name):
      "If nobody has it any more, to go on without it: "
        + "kulkul-server void declare \(name) --as SUPERVISOR --because \"…\""
    case .declared(let name, let issued, let waiting):
      "\(name) is void; \(Grammar.count(issued, "change")) that waited for it "
        + "\(issued == 1 ? "is" : "are") taken."
        + (waiting == 0
          ? "" : " \(Grammar.count(waiting, "frame")) cannot be checked without it and must wait.")
    case .bundle(let words): words.text
    case .seeAside:
      "To see what is kept aside, and to decide about it: kulkul-server quarantine list"
    case .showAside(let name):
      "To see what it says: kulkul-server quarantine show \(name)"
    case .howToTake(let name):
      "To let it in: kulkul-server quarantine take \(name) --as SUPERVISOR\n"
        + "To put it away: kulkul-server quarantine drop \(name) --as SUPERVISOR --because \"…\""
    case .cannotTake(let obstacle): "It cannot be taken: \(obstacle.words)."
    case .taken(let taken, let all, let device):
      taken == all
        ? "\(Grammar.count(taken, "change")) of device \(device) \(taken == 1 ? "is" : "are") taken."
        : "\(taken) of \(Grammar.count(all, "change")) of device \(device) are taken; the others "
          + "stay aside."
    case .dropped(let name, let changes):
      "\(name), \(Grammar.count(changes, "change")), is put away; nothing of it was erased."
    case .nothingWaits: "Nothing waits."
    case .howToDropWaiting(let name):
      "It comes in by itself once what it waits for is there. To put it away: "
        + "kulkul-server inbox drop \(name) --as SUPERVISOR --because \"…\""
    case .droppedWaiting(let name, let changes):
      "\(name), \(Grammar.count(changes, "change")), waits no more and lies in the quarantine; "
        + "nothing of it was erased."
    case .worksNowhere: "  no village: once their laptops hear of it, nothing more is recorded"
    case .nobodyYet: "There is nobody yet."
    case .noDeviceYet: "There is no device yet."
    case .listening(let survey, let address): "The office of \"\(survey)\" listens on \(address)"
    case .onlyThisMachine:
      "Only this machine reaches it; for laptops elsewhere type --host 0.0.0.0, "
        + "behind a proxy that speaks TLS."
    case .howToStop(let process): "Stop it with Ctrl-C, or with: kill \(process)"
    case .stopped: "Stopped; everything that came is saved."
    case .sound: "Everything is sound."
    case .progress(let done, let all): "checked \(done) of \(Grammar.count(all, "change"))"
    case .backupWaits:
      "Another backup of this office is being made; this one begins when that is there."
    case .backupChecked:
      "The copy was opened again and checked; it can be restored. Keep it on another disk."
    case .keptAside(let path): "The store that was there is kept: \(path)"
    case .laptopsBringBack:
      "What came after the backup is on the laptops. Each brings back what is missing at its next "
        + "\"kulkul sync\"; nobody has to do anything else."
    case .waitsForLaptop:
      "The office waits for the first of them: until then nobody can be added, changed, invited or "
        + "assigned, and no form published. To go on without: kulkul-server restore --go-on"
    case .nextServe: "Next: kulkul-server serve"
    case .waitsForNobody: "The office waits for no laptop; nothing was changed."
    case .goesOn:
      "The office goes on without waiting. What it said after the backup is given up as soon as it says "
        + "something new: people and villages are as in the backup, and laptops that joined since need a "
        + "new code. No answer is lost by it, but a supervisor may be asked: kulkul-server quarantine list"
    case .assigned:
      "Laptops learn of it at their next sync; what was recorded before still comes in."
    case .notPublished: "Nothing was published."
    case .published(let form, let edition):
      "Edition \(edition) of \(form) is published. Laptops get it at their next sync; what they record "
        + "until then comes in all the same."
    case .nothingAskedOtherwise: "No question is asked otherwise."
    case .formExported(let form, let edition, let folder):
      "Edition \(edition) of \(form) is in \(folder): survey.csv, choices.csv, settings.csv."
    case .decide(let conflicts):
      "A supervisor's laptop lists \(conflicts == 1 ? "it" : "them") with: kulkul conflicts"
    }
  }
}
