"""What is deliberately broken, one thing at a time, to see whether the tests notice.

Each entry: a name; what is wrong then; the suites that are to notice, cheapest first; and the edits.
An edit is a file, the text that stands there exactly once, and what stands there instead, in which
BROKEN is true when this mutant is the one that runs. So all mutants are built together, once, and
without a mutant the program is the real one.
"""

# The design was tried first as a small model, of which sentences can be switched off one by one. What
# the worlds of that model cannot do without must not be missing here either:
#
#   what is switched off there                                  the mutants that do so here
#   names are dots without hashes                               names-without-hashes
#   branches of one stream are not told apart by their hashes   fork-unseen
#   a store takes its own past by count                         own-past-by-count
#   a stream begins again at its first change                   stream-begun-twice
#   one's own saves are not seen from the view they came from   view-without-own
#   a delete takes away what it saw                             delete-removes
#   a carry waits for what its answers came with                carry-waits
#   a move writes the record anew                               carried-as-new, merged-without-a-dot
#   part of a snapshot counts as all of it                      vector-of-a-header
#   what others wrote is dropped above the watermark            others-dropped-uncovered
#   a village is let go with what no backup has                 released-uncovered
#   an office that was put back does not notice                 loss-unnoticed
#   an office that was put back goes on under its number        restored-office-without-incarnation
#   nothing is ever declared void                               void-named-on, void-not-taken
#
# The model has switches besides that leave out what befalls a world, and that is no mutant. The last line
# above is the nearest there is: to declare something void is a person's act.

# Mutants of which a suite cannot end: only these are caught by a run that takes too long.
HANGING = set()

MUTANTS = [
    # What is settled.
    (
        "prefers-self",
        "in a conflict a replica shows its own answer",
        ["SimulationTests"],
        [
            (
                "Shared/Store/RecordTable.swift",
                "    }\n    let reading = RecordReading(\n      record: copy.record, state: copy.state, copy:",
                "    }\n    let reading = RecordReading(\n      record: copy.record,"
                " state: BROKEN ? try Self.preferringSelf(copy.state, db) : copy.state, copy:",
            ),
            (
                "Shared/Store/RecordTable.swift",
                "  /// Decides anew which copy of a record is the one that is shown.\n",
                """
  private static func preferringSelf(_ state: RecordState, _ db: Database) throws -> RecordState {
    let own = try Incarnations.current(db)
    var preferring = state
    for (index, register) in state.registers.enumerated() where register.siblings.count > 1 {
      guard let mine = register.siblings.first(where: { $0.origin.dot.replica == own }),
        let author = state.author(of: mine.origin)
      else { continue }
      preferring.apply(
        Name(dot: mine.origin.dot, tag: mine.origin.tag &+ UInt64(index) &+ 1), by: author,
        [
          PlacedAnswer(
            path: register.path, replaces: register.siblings.map(\\.origin), answer: mine.answer)
        ])
    }
    return preferring
  }

  /// Decides anew which copy of a record is the one that is shown.
""",
            ),
        ],
    ),
    (
        "ties-by-arrival",
        "a rule sees its contenders in the order in which they came",
        ["RulesTests"],
        [
            (
                "Shared/Rules/Contender.swift",
                "return sorted().filter {",
                "return (BROKEN ? self : sorted()).filter {",
            )
        ],
    ),
    (
        "sum-loses-equal",
        "of two equal increments one counts",
        ["RulesTests"],
        [
            (
                "Shared/Rules/Sum.swift",
                "  for contender in field {\n",
                "  for contender in field\n"
                "  where !BROKEN || field.first(where: { $0.answer == contender.answer }) == contender {\n",
            )
        ],
    ),
    (
        "fixed-replaced",
        "a fixed answer is replaced by anybody's",
        ["RulesTests"],
        [
            (
                "Shared/Rules/Naming.swift",
                "case .fixed, .first: contender.person == writer.person",
                "case .fixed, .first: BROKEN || contender.person == writer.person",
            )
        ],
    ),
    (
        "suspect-believed",
        "a stamp from before the last trusted time is believed",
        ["CausalityTests"],
        [
            (
                "Shared/Causality/Stamp.swift",
                "if time < trusted { return true }",
                "if time < trusted { return !BROKEN }",
            )
        ],
    ),
    (
        "clock-goes-back",
        "the hybrid clock follows the wall clock back",
        ["CausalityTests"],
        [
            (
                "Shared/Causality/Stamp.swift",
                "last = now > last ? now :",
                "last = BROKEN || now > last ? now :",
            )
        ],
    ),
    (
        "delete-sees-all",
        "a delete hides what its author never saw",
        ["RulesTests"],
        [
            (
                "Shared/Rules/Liveness.swift",
                "  var unseen = standing(in: state, row: row)\n",
                "  var unseen = BROKEN ? [] : standing(in: state, row: row)\n",
            )
        ],
    ),
    # What is written.
    (
        "predecessors-dropped",
        "an answer does not say what it replaces",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Reading/EditPlan.swift",
                "answers.append(PlacedAnswer(path: path, replaces: replaces, answer: answer))",
                "answers.append(\n"
                "      PlacedAnswer(path: path, replaces: BROKEN ? [] : replaces, answer: answer))",
            )
        ],
    ),
    (
        "names-from-the-store",
        "an edit replaces what the store holds, not what its author was shown",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Saving.swift",
                "edit.wishes, view: edit.view, masked: edit.masked, current: current,",
                "edit.wishes, view: BROKEN ? current ?? edit.view : edit.view, "
                "masked: edit.masked, current: current,",
            )
        ],
    ),
    (
        "equal-overrides",
        "an unchanged answer that is saved again overrides a newer one",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Reading/EditPlan.swift",
                "if act == .edit && rule != .sum && Self.saysNothingNew",
                "if act == .edit && rule != .sum && !BROKEN && Self.saysNothingNew",
            )
        ],
    ),
    (
        "view-without-own",
        "who has saved has not seen what they saved",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Saving.swift",
                "    guard let change else { return base }\n",
                "    guard let change, !BROKEN else { return base }\n",
            )
        ],
    ),
    (
        "seen-by-everyone",
        "what somebody wrote, everyone who was shown the same has seen",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seen.swift",
                "where seen == token && change.content.author.person == person {",
                "where seen == token && (BROKEN || change.content.author.person == person) {",
            )
        ],
    ),
    (
        "seen-twice-from-one-view",
        "an edit names a view from which its author wrote something else before",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seen.swift",
                "for copy in copies where hasUnseen(",
                "for copy in copies where !BROKEN && hasUnseen(",
            )
        ],
    ),
    (
        "seen-goes-with-the-journal",
        "what somebody has seen by their own edit is forgotten with its history",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seen.swift",
                "    for (dot, seen, arrived) in rows.compactMap({ $0 }) {\n",
                "    for (dot, seen, arrived) in BROKEN ? [] : rows.compactMap({ $0 }) {\n",
            )
        ],
    ),
    (
        "bearings-for-ever",
        "a save goes on from what the process knew, whoever wrote since",
        ["StoreTests"],
        [
            (
                "Shared/Store/Bearings.swift",
                "guard let kept, kept.version == db.dataVersion else",
                "guard let kept, BROKEN || kept.version == db.dataVersion else",
            )
        ],
    ),
    (
        "bearings-without-carries",
        "a save goes on from before what its own transaction carried",
        ["StoreTests"],
        [
            (
                "Shared/Store/Saving.swift",
                "isUpToDate: carried.isEmpty)",
                "isUpToDate: BROKEN || carried.isEmpty)",
            )
        ],
    ),
    (
        "not-durable",
        "a save returns before it is on the disk",
        ["StoreTests", "CrashTests"],
        [
            (
                "Shared/Store/Store.swift",
                'sql: "PRAGMA synchronous = FULL")',
                'sql: BROKEN ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL")',
            ),
            (
                "Shared/Store/Store.swift",
                "precondition(level == 2,",
                "precondition(level == 2 || BROKEN,",
            ),
        ],
    ),
    (
        "save-in-pieces",
        "a save of several records is several transactions",
        ["CrashTests"],
        [
            (
                "Shared/Store/Saving.swift",
                "for edit in edits { saved.append(try save(edit, db, &authoring)) }",
                """
for edit in edits {
        saved.append(try save(edit, db, &authoring))
        if BROKEN {
          try db.run("COMMIT TRANSACTION")
          try db.run("BEGIN IMMEDIATE TRANSACTION")
        }
      }""",
            )
        ],
    ),
    # What is applied and merged.
    (
        "delete-removes",
        "a delete takes away what stands",
        ["ModelTests", "SimulationTests"],
        [
            (
                "Shared/Model/RecordState.swift",
                "    forgetAuthors(of: replaced)\n  }\n\n  /// Removes what",
                """
    for case (let path, .life(let life)) in answers.map({ ($0.path, $0.answer) })
    where BROKEN && !life.isAlive {
      for register in registers
      where register.path.field != .life && (path.row == nil || register.path.row == path.row) {
        replaced += register.siblings.map(\\.origin)
      }
      registers.removeAll {
        $0.path.field != .life && (path.row == nil || $0.path.row == path.row)
      }
    }
    forgetAuthors(of: replaced)
  }

  /// Removes what""",
            )
        ],
    ),
    (
        "union-resurrects",
        "a merge brings back what was replaced here",
        ["ModelTests"],
        [
            (
                "Shared/Model/RecordState.swift",
                "if !accounts(for: sibling.origin) { kept.append(sibling) }",
                "if BROKEN || !accounts(for: sibling.origin) { kept.append(sibling) }",
            )
        ],
    ),
    (
        "merge-keeps-replaced",
        "a merge keeps what was replaced there",
        ["ModelTests"],
        [
            (
                "Shared/Model/RecordState.swift",
                "if both || !other.accounts(for: sibling.origin)",
                "if both || BROKEN || !other.accounts(for: sibling.origin)",
            )
        ],
    ),
    (
        "applied-twice",
        "what came by a carry is applied again when it comes by its stream",
        ["ModelTests", "SimulationTests"],
        [
            (
                "Shared/Model/RecordState.swift",
                "    if place < origins.count, origins[place].name == origin { return remove(answers) }\n"
                "    let isMove",
                "    if !BROKEN, place < origins.count, origins[place].name == origin {\n"
                "      return remove(answers)\n    }\n"
                "    let isMove",
            )
        ],
    ),
    (
        "merged-without-a-dot",
        "the office merges a moved record into its new village without a change of its own",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Carrying.swift",
                "        do {\n          _ = try authoring.write(content, in: village)\n",
                """
        if BROKEN {
          var merged = target
          merged.merge(cargo, villageOnly: !isHome)
          try table.put(
            authoring.door.db,
            StoredCopy(
              record: record.id, village: village, state: merged,
              key: copies.first { $0.village == village }?.key),
            context: authoring.door.context, now: authoring.door.now)
          try table.refreshHomes(authoring.door.db, record.id)
          return true
        }
        do {
          _ = try authoring.write(content, in: village)
""",
            )
        ],
    ),
    (
        "late-edit-not-carried",
        "what is written in the old village after a move stays there",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Carrying.swift",
                "if cargo.isEmpty { continue }",
                "if cargo.isEmpty || BROKEN && !target.isEmpty { continue }",
            )
        ],
    ),
    (
        "carry-waits",
        "a carry waits until every change is held that its answers came with",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Model/Change.swift",
                "    for answer in answers { names.append(contentsOf: answer.replaces) }\n",
                """
    for answer in answers { names.append(contentsOf: answer.replaces) }
    if BROKEN, case .carry(let cargo, _) = body {
      names.append(contentsOf: cargo.origins.map(\\.name))
    }
""",
            )
        ],
    ),
    (
        "carried-as-new",
        "what is carried stands as new answers of the carry, under names of its own",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Door.swift",
                "      state.merge(carried, villageOnly: villageOnly)\n      isCarry = true\n",
                """
      let before = state
      state.merge(carried, villageOnly: villageOnly)
      if BROKEN, !villageOnly {
        for (index, register) in state.registers.enumerated() where !register.path.isVillage {
          for (place, sibling) in register.siblings.enumerated()
          where !before.accounts(for: sibling.origin) {
            guard let author = state.author(of: sibling.origin) else { continue }
            let tag = change.hash.tag &+ UInt64(index << 16 + place) &+ 1
            state.apply(
              Name(dot: change.dot, tag: tag), by: author,
              [
                PlacedAnswer(
                  path: register.path, replaces: [sibling.origin], answer: sibling.answer)
              ])
          }
        }
      }
      isCarry = true
""",
            )
        ],
    ),
    (
        "gap-accepted",
        "a change is applied before what it names",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Judge.swift",
                "if let need { return .early(need) }",
                "if !BROKEN, let need { return .early(need) }",
            )
        ],
    ),
    (
        "names-without-hashes",
        "a name is held when its dot is",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Judge.swift",
                "if held?.tag == name.tag { continue }",
                "if held?.tag == name.tag || BROKEN && held != nil { continue }",
            ),
            (
                "Shared/Store/Judge.swift",
                "guard isHere, held == nil, !isCut else {",
                "guard isHere, held == nil || BROKEN, !isCut else {",
            ),
        ],
    ),
    # What is told of what is held.
    (
        "inbox-acknowledged",
        "what waits in the inbox is acknowledged",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "        var mine = try Streams.vector(db, village)\n",
                """
        var mine = try Streams.vector(db, village)
        if BROKEN {
          let waiting = try db.all(
            "SELECT replica, last, last_hash FROM inbox WHERE village = ?", .bits(village.number)
          ) { ($0.bits(0), $0.bits(1), $0.bytes(2)) }
          for (replica, last, hash) in waiting {
            mine.raise(
              VersionVector.Entry(
                replica: ReplicaID(replica), count: last, head: ChainHash(hash)?.tag ?? 0))
          }
        }
""",
            )
        ],
    ),
    (
        "vector-from-claims",
        "the office acknowledges what a laptop says that it holds",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "        mine = try Self.agreed(db, mine, with: theirs, in: village)\n",
                "        mine = try Self.agreed(db, mine, with: theirs, in: village)\n"
                "        if BROKEN { mine.merge(theirs) }\n",
            )
        ],
    ),
    (
        "told-beyond-the-end",
        "of a village that was taken away the office acknowledges more than a laptop listed of its streams",
        ["StoreTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "            try Self.entries(db, of: mine, upTo: theirs, in: village) + alone)\n",
                "            (BROKEN ? mine.entries.filter { theirs[$0.replica] != nil }\n"
                "              : try Self.entries(db, of: mine, upTo: theirs, in: village)) + alone)\n",
            )
        ],
    ),
    (
        "acknowledged-across-epochs",
        "what a lost office acknowledged counts for its successor",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "      if isNewOffice {\n        try Acknowledged.forget(db)",
                "      if isNewOffice {\n        if !BROKEN { try Acknowledged.forget(db) }",
            )
        ],
    ),
    (
        "scope-not-enforced",
        "a laptop is given all villages",
        ["OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "      let scope = Set(\n        context.directory.villages(\n"
                "          of: request.device, among: context.villages.villages.map(\\.code)))\n",
                "      let scope = Set(\n        BROKEN ? context.villages.villages.map(\\.code) : context.directory.villages(\n"
                "          of: request.device, among: context.villages.villages.map(\\.code)))\n",
            )
        ],
    ),
    (
        "revoked-served",
        "a revoked device is served",
        ["OfficeTests", "SimulationTests"],
        [
            (
                "Server/Office/SyncDesk.swift",
                "    if device.isRevoked {\n",
                "    if device.isRevoked && !BROKEN {\n",
            )
        ],
    ),
    # Copies, branches and restores.
    (
        "restore-without-incarnation",
        "a store that is handed its own later changes goes on under its number",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Ingest.swift",
                "      } else if stream.id.replica == door.replica {\n",
                "      } else if !BROKEN, stream.id.replica == door.replica {\n",
            )
        ],
    ),
    (
        "restored-office-without-incarnation",
        "an office that was restored goes on under the number of its lost self",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Restoring.swift",
                "    try Incarnations.expectBack(db)\n"
                "    try Incarnations.mint(db, surroundings: surroundings)\n",
                "    try Incarnations.expectBack(db)\n"
                "    if !BROKEN { try Incarnations.mint(db, surroundings: surroundings) }\n",
            ),
            (
                "Shared/Store/Office.swift",
                "      _ = try Incarnations.mint(db, surroundings: surroundings)\n",
                "      if !BROKEN { _ = try Incarnations.mint(db, surroundings: surroundings) }\n",
            ),
        ],
    ),
    (
        "own-past-unnoticed",
        "a store that is told of more of itself than it has goes on under its number",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "    if isAhead { try Incarnations.mint(",
                "    if isAhead && !BROKEN { try Incarnations.mint(",
            )
        ],
    ),
    (
        "own-past-by-count",
        "what an office has of a store's own stream is taken for what the store holds, by count alone",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "      if tag == told.head { agreed.append(told) }",
                "      if BROKEN || tag == told.head { agreed.append(told) }",
            ),
        ],
    ),
    (
        "fork-unseen",
        "another change at a dot that is held is taken for the same",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Road.swift",
                "    if branch != nil || isStranded || isForeign { return 0 }\n",
                "    if BROKEN { return nil }\n    if branch != nil || isStranded || isForeign { return 0 }\n",
            )
        ],
    ),
    (
        "branch-aside-unasked",
        "a laptop puts its branch aside without the office's word",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "    guard admission != nil, door.isOffice else {\n      if try waitForOffice(",
                """
    if BROKEN, admission == nil || !door.isOffice,
      let known = try Streams.row(door.db, frame.stream)
    {
      try Branches.putAside(door.db, known, from: fork)
    }
    guard admission != nil, door.isOffice else {
      if try waitForOffice(""",
            )
        ],
    ),
    (
        "branch-not-reissued",
        "the office keeps a branch and does not issue it again",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "          try authoring.reissue(change, without: void)\n",
                "          if !BROKEN { try authoring.reissue(change, without: void) }\n",
            )
        ],
    ),
    (
        "void-named-on",
        "what is issued again without the void goes on naming it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Authoring.swift",
                "    if !void.isEmpty { content.leaveOut(void) }\n",
                "    if !BROKEN && !void.isEmpty { content.leaveOut(void) }\n",
            )
        ],
    ),
    (
        "found-stands-twice",
        "what is known already leaves standing what it had replaced",
        ["ModelTests", "StoreTests"],
        [
            (
                "Shared/Model/RecordState.swift",
                "  private mutating func remove(_ answers: [PlacedAnswer]) {\n",
                "  private mutating func remove(_ answers: [PlacedAnswer]) {\n    if BROKEN { return }\n",
            )
        ],
    ),
    (
        "stranded-put-aside",
        "who still has what was issued again without the void is told to put it aside",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "    if let last, !isStranded {\n",
                "    if let last, BROKEN || !isStranded {\n",
            )
        ],
    ),
    (
        "void-not-taken",
        "what names the void cannot be taken from quarantine",
        ["StoreTests"],
        [
            (
                "Shared/Store/Taking.swift",
                "    authority.ignored = void\n",
                "    if !BROKEN { authority.ignored = void }\n",
            )
        ],
    ),
    (
        "base-not-kept",
        "what goes on from the void cannot be taken from quarantine",
        ["StoreTests"],
        [
            (
                "Shared/Store/Quarantine.swift",
                "    return chain.head == frame.last ? (hashes, start.secret) : nil\n",
                "    return !BROKEN && chain.head == frame.last ? (hashes, start.secret) : nil\n",
            )
        ],
    ),
    (
        "junk-holds-up",
        "what does not fit its hashes holds up what comes behind it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Quarantine.swift",
                "        AND ground NOT IN (\\(saysNothing))\n",
                "        AND ground NOT IN (\\(BROKEN ? \"0\" : saysNothing))\n",
            )
        ],
    ),
    (
        "kept-as-the-bearers",
        "what a device sealed is kept aside as of whoever brought it",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestWaiting.swift",
                "isChecked ? judge.writer ?? bearer : bearer",
                "isChecked && !BROKEN ? judge.writer ?? bearer : device",
            )
        ],
    ),
    (
        "void-stretched",
        "what nobody stands for says how far something is void",
        ["StoreTests"],
        [
            (
                "Shared/Store/Missing.swift",
                "      guard let device = waiter.device, !waiter.isAside else { return false }\n",
                "      if BROKEN { return true }\n"
                "      guard let device = waiter.device, !waiter.isAside else { return false }\n",
            )
        ],
    ),
    (
        "void-without-end",
        "what is void stays it when it is found",
        ["StoreTests"],
        [
            (
                "Shared/Store/Voids.swift",
                "  private static let isInForce = \"\"\"\n",
                "  private static let isInForce = BROKEN ? \"1\" : \"\"\"\n",
            )
        ],
    ),
    (
        "room-of-the-bearer",
        "whoever a file says it is from has the room that it takes",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestWaiting.swift",
                "    if isProven { return .of(device) }\n",
                "    if BROKEN || isProven { return .of(device) }\n",
            )
        ],
    ),
    (
        "half-handed-on",
        "of a sealed frame that came in by half the first half stays",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "    guard more > 0, more",
                "    guard !BROKEN, more > 0, more",
            )
        ],
    ),
    (
        "parted-end-wakes-nobody",
        "what waits for the end of a branch that a base tells of is not tried",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "        for end in ends.parted {\n          news.add(branch",
                "        for end in BROKEN ? [] : ends.parted {\n          news.add(branch",
            )
        ],
    ),
    (
        "held-branch-wakes-nobody",
        "who brings a branch again wakes nothing that waits for it",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "        // NB: also where it is held: whoever was to wake what waits for it may have been killed.\n"
                "        news.add(branch: dot)\n",
                "        if !(BROKEN && isHeld) { news.add(branch: dot) }\n",
            )
        ],
    ),
    (
        "taken-before-the-fork",
        "of a branch what comes before the part that the office took is called taken",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "    let start = taken.fork <= taken.last.counter ? taken.fork : 1\n",
                "    let start = !BROKEN && taken.fork <= taken.last.counter ? taken.fork : 1\n",
            )
        ],
    ),
    (
        "own-past-taken-for-there",
        "what a laptop that was put back wrote beside its past counts as handed in",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "if try !Incarnations.isOwn(db, entry.replica) { agreed.append(entry) }",
                "if try BROKEN || !Incarnations.isOwn(db, entry.replica) { agreed.append(entry) }",
            )
        ],
    ),
    (
        "unwanted-base-takes-nothing",
        "a laptop of whose base the office wants nothing turns the office's own down",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "    return try Self.offer(db, of: mark.village) == nil\n",
                "    return try !BROKEN && Self.offer(db, of: mark.village) == nil\n",
            )
        ],
    ),
    (
        "held-to-what-a-copy-heard",
        "a laptop is held to the directory that a copy of it cited",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "guard ends[replica] == origin.name else { continue }",
                "guard BROKEN || ends[replica] == origin.name else { continue }",
            )
        ],
    ),
    (
        "directory-behind-a-base",
        "what goes on from a base may cite an older directory than that ends with",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "    row.directory = max(row.directory, newest.ends",
                "    if !BROKEN { row.directory = max(row.directory, newest.ends",
            ),
            (
                "Shared/Store/Installing.swift",
                "[stream.replica] ?? 0)\n    try Streams.write(door.db, row)",
                "[stream.replica] ?? 0) }\n    try Streams.write(door.db, row)",
            ),
        ],
    ),
    (
        "carry-ends-known",
        "of a branch before a cut a carry at its end answers for all",
        ["StoreTests"],
        [
            (
                "Shared/Store/Ingest.swift",
                "      guard try isAccounted(change) else { return false }\n",
                "      if BROKEN { return true }\n"
                "      guard try isAccounted(change) else { return false }\n",
            )
        ],
    ),
    (
        "beginning-must-be-here",
        "a branch whose beginning a base accounts for cannot go on",
        ["StoreTests"],
        [
            (
                "Shared/Store/Road.swift",
                "        try native == nil || before.counter <= Cuts.count(db, id)\n",
                "        try native == nil || !BROKEN && before.counter <= Cuts.count(db, id)\n",
            )
        ],
    ),
    (
        "beginning-is-not-said",
        "a laptop does not say what its frames go on from",
        ["StoreTests"],
        [
            (
                "Shared/Store/Outgoing.swift",
                "let fromBase = isKnown || first.counter == 1 ?",
                "let fromBase = BROKEN || isKnown || first.counter == 1 ?",
            )
        ],
    ),
    (
        "tell-all-ends-directory",
        "who is asked to tell all forgets that it asks for the whole directory",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "    if reply.status != .tellAll { startsOver",
                "    if BROKEN || reply.status != .tellAll { startsOver",
            )
        ],
    ),
    (
        "accounted-is-unsent",
        "what an office says that it has by a base alone stays unsent",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "    if taken.fork > taken.last.counter { try Accounted",
                "    if !BROKEN, taken.fork > taken.last.counter { try Accounted",
            )
        ],
    ),
    (
        "forgotten-is-refused",
        "who replaces a verdict that an office knows by its base alone is refused",
        ["StoreTests"],
        [
            (
                "Shared/Store/OfficeAdmission.swift",
                "    try name.dot.counter <= Cuts",
                "    try !BROKEN && name.dot.counter <= Cuts",
            )
        ],
    ),
    (
        "forgotten-forgives-all",
        "who names what an office knows by its base alone may replace others' verdicts on a contested record",
        ["StoreTests"],
        [
            (
                "Shared/Store/OfficeAdmission.swift",
                "        else { return false }\n        // NB: a verdict that is replaced may",
                "        else { if BROKEN { continue } else { return false } }\n"
                "        // NB: a verdict that is replaced may",
            )
        ],
    ),
    (
        "creation-may-have-seen",
        "the creation of a record counts as a verdict that may have seen anything",
        ["StoreTests"],
        [
            (
                "Shared/Store/OfficeAdmission.swift",
                "&& !change.record.isCreated(by: name)\n",
                "&& (BROKEN || !change.record.isCreated(by: name))\n",
            )
        ],
    ),
    (
        "carried-counts-as-backed-up",
        "a village is let go of which an office has something by a base alone, before a backup has that",
        ["StoreTests"],
        [
            (
                "Shared/Store/Accounted.swift",
                ".integer(isBackedUp ? certain : 0)",
                ".integer(isBackedUp && !BROKEN ? certain : 0)",
            )
        ],
    ),
    (
        "backup-under-way",
        "a backup that was under way when the office carried something counts as one that has it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Accounted.swift",
                "let certain: Int64 = 3\n",
                "let certain: Int64 = BROKEN ? 2 : 3\n",
            )
        ],
    ),
    (
        "word-outlives-loss",
        "what an office said of branches counts though it is found to have less than it said",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "      if hasFallenBack { try Self.forgetWord(db) }\n",
                "      if !BROKEN, hasFallenBack { try Self.forgetWord(db) }\n",
            )
        ],
    ),
    (
        "base-leaves-it-waiting",
        "what a base tells of goes on waiting at a laptop",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "    if !isOffice { try door.removeAccounted",
                "    if !BROKEN, !isOffice { try door.removeAccounted",
            )
        ],
    ),
    (
        "reissue-is-its-authors",
        "whoever is issued again goes on with the office's stream",
        ["StoreTests"],
        [
            (
                "Shared/Store/Journal.swift",
                "      let isOwn = content.origin == nil ",
                "      let isOwn = (content.origin == nil || BROKEN) ",
            )
        ],
    ),
    (
        "put-back-is-its-authors",
        "whoever's answer the office put back goes on with the office's stream",
        ["StoreTests"],
        [
            (
                "Shared/Store/Journal.swift",
                "&& content.author.act != .office\n      return isOwn",
                "&& (content.author.act != .office || BROKEN)\n      return isOwn",
            )
        ],
    ),
    (
        "branch-is-its-streams",
        "a branch in another's stream is refused, and whoever was handed it is stuck",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "    judge.isOfBranch = true\n",
                "    judge.isOfBranch = !BROKEN\n",
            )
        ],
    ),
    (
        "name-is-taken",
        "whose replica somebody else used first cannot hand in what he wrote",
        ["StoreTests"],
        [
            (
                "Shared/Store/Ingest.swift",
                "    if known == nil, try isUnderAnothersReplica(frame.stream) {\n",
                "    if !BROKEN, known == nil, try isUnderAnothersReplica(frame.stream) {\n",
            )
        ],
    ),
    (
        "branch-is-not-undone",
        "a branch against the rules stands",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "    try Reverting.revert(change, before: before, authoring: &authoring)\n",
                "    if !BROKEN { try Reverting.revert(change, before: before, authoring: &authoring) }\n",
            )
        ],
    ),
    (
        "undone-names-void",
        "what is against the rules is held though it names what nobody has",
        ["StoreTests"],
        [
            (
                "Shared/Store/Judge.swift",
                "    let isDisputed = try void.isEmpty && ",
                "    let isDisputed = try (void.isEmpty || BROKEN) && ",
            )
        ],
    ),
    (
        "released-by-old-word",
        "a village is let go by what an office said before it was put back",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "let standsByIt = reply.status != .tellAll",
                "let standsByIt = BROKEN || reply.status != .tellAll",
            )
        ],
    ),
    (
        "no-watermark-unsaid",
        "an office without a backup does not say so",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "else { return Watermark(id: 0, villages: []) }",
                "else { return BROKEN ? nil : Watermark(id: 0, villages: []) }",
            )
        ],
    ),
    (
        "watermark-counted-again",
        "a watermark that is told again counts as another",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "    if watermark.id > most || most - watermark.id",
                "    if try BROKEN && Watermarks.id(db) != watermark.id || watermark.id > most"
                " || most - watermark.id",
            )
        ],
    ),
    (
        "backups-at-once",
        "two backups of an office are made at a time",
        ["StoreTests"],
        [
            (
                "Shared/Store/BackingUp.swift",
                "let turn = isOffice ?",
                "let turn = isOffice && !BROKEN ?",
            )
        ],
    ),
    (
        "former-of-one-replica",
        "what somebody wrote before joining is theirs of one replica alone",
        ["StoreTests"],
        [
            (
                "Shared/Store/FormerPerson.swift",
                "      try Incarnations.isOwn(db, name.dot.replica)\n",
                "      try BROKEN\n"
                "        ? Incarnations.current(db) == name.dot.replica : Incarnations.isOwn(db, name.dot.replica)\n",
            )
        ],
    ),
    (
        "handed-on-in-own-room",
        "what a device hands in for another fills its own room",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestWaiting.swift",
                "let writer = judge.writer, writer != device || !isProven {",
                "let writer = judge.writer, !(BROKEN && isProven), writer != device || !isProven {",
            )
        ],
    ),
    (
        "handed-in-every-round",
        "what waits is handed in in each round of a session",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "    handsIn = handsIn || tellsAll\n",
                "    handsIn = BROKEN || handsIn || tellsAll\n",
            )
        ],
    ),
    (
        "waiting-counted-as-unsent",
        "what waits is counted as if it had been unsent",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "startsOver ? 0 : material.frames.reduce(0)",
                "startsOver ? 0 : (BROKEN ? frames : material.frames).reduce(0)",
            )
        ],
    ),
    (
        "own-refusal-unsaid",
        "what is refused of a laptop's own that waited is told to nobody",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "material.waiting.filter { $0.seal?.signer != material.device }",
                "material.waiting.filter { BROKEN || $0.seal?.signer != material.device }",
            )
        ],
    ),
    (
        "same-first-in-a-village",
        "of what waits in a village the same is always handed in first",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "for key in turned(try keys(db, of: village)) where left > 0 {",
                "for key in BROKEN ? try keys(db, of: village) : turned(try keys(db, of: village)) where left > 0 {",
            )
        ],
    ),
    (
        "released-by-a-lesser-office",
        "a village is let go in a round that shows that the office has less than it had",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "reply.status != .tellAll && !hasFallenBack\n",
                "reply.status != .tellAll && (BROKEN || !hasFallenBack)\n",
            )
        ],
    ),
    (
        "turn-by-name",
        "whoever knows a store by another name takes another turn",
        ["StoreTests"],
        [
            (
                "Shared/Store/BackupTurn.swift",
                "Store.folder(of: String(cString: file))",
                "Store.folder(of: BROKEN ? path : String(cString: file))",
            )
        ],
    ),
    (
        "branch-taken-by-nobody",
        "a supervisor cannot take what parts from its stream",
        ["StoreTests"],
        [
            (
                "Shared/Store/Taking.swift",
                "try run.first == 1 || Voids.cover(db, before) || Streams",
                "try run.first == 1 || Voids.cover(db, before) || !BROKEN && Streams",
            )
        ],
    ),
    (
        "branch-end-taken-by-nobody",
        "a supervisor cannot take what goes on from what was issued again",
        ["StoreTests"],
        [
            (
                "Shared/Store/Taking.swift",
                "        || Branches.holds(db, before, previous)\n",
                "        || !BROKEN && Branches.holds(db, before, previous)\n",
            )
        ],
    ),
    (
        "turned-away-without-base",
        "of what was turned away nobody notes what it goes on from",
        ["StoreTests"],
        [
            (
                "Shared/Store/QuarantinedRuns.swift",
                "        base = road.base(at: 0)\n",
                "        base = BROKEN ? nil : road.base(at: 0)\n",
            )
        ],
    ),
    (
        "turned-away-branches-mixed",
        "what goes on from one of two branches that were turned away is taken for the other's",
        ["StoreTests"],
        [
            (
                "Shared/Store/QuarantinedRuns.swift",
                "if before.count == 1, let index = before.first {",
                "if BROKEN || before.count == 1, let index = before.last {",
            ),
            (
                "Shared/Store/QuarantinedRuns.swift",
                "var base = end?.hash.tag == frame.previous ? end : nil\n",
                "var base = !BROKEN && end?.hash.tag == frame.previous ? end : nil\n",
            ),
        ],
    ),
    (
        "behind-what-was-put-away-is-lost",
        "what goes on from what a supervisor put away is said to be taken by nobody",
        ["StoreTests"],
        [
            (
                "Shared/Store/Taking.swift",
                "let isBehind = try run.previous != nil ",
                "let isBehind = try !BROKEN && run.previous != nil ",
            )
        ],
    ),
    (
        "held-begins-a-run",
        "what a supervisor is asked about has another name among all that was put aside",
        ["StoreTests"],
        [
            (
                "Shared/Store/QuarantinedRuns.swift",
                "runs[$0].isHeld == isHeld && ",
                "(BROKEN || runs[$0].isHeld == isHeld) && ",
            )
        ],
    ),
    (
        "goes-on-from-anything",
        "what is known to go on from one change is put behind another that is not understood",
        ["StoreTests"],
        [
            (
                "Shared/Store/QuarantinedRuns.swift",
                "    return previous == end\n",
                "    return previous == end || BROKEN && end == nil\n",
            ),
            (
                "Shared/Store/QuarantinedRuns.swift",
                "q.previous IS NULL, q.arrived, q.hash",
                '\\(BROKEN ? "q.counter" : "q.previous IS NULL"), q.arrived, q.hash',
            ),
        ],
    ),
    (
        "base-binds-nobody",
        "a stream that is known by a base alone is nobody's, so anybody goes on with it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "      if stream.device != .standalone {",
                "      if !BROKEN && stream.device != .standalone {",
            )
        ],
    ),
    (
        "turn-in-a-full-round",
        "what waits counts as handed in by a round that what is here fills",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "isHandedIn: hasTurn,",
                "isHandedIn: BROKEN ? handsIn : hasTurn,",
            )
        ],
    ),
    (
        "over-without-turn",
        "a session ends before what waits has had its turn",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "|| (handsIn && outcome.waiting > 0)",
                "|| (!BROKEN && handsIn && outcome.waiting > 0)",
            )
        ],
    ),
    (
        "all-told-is-sent",
        "what an office is asked about again counts as sent to it",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "summary.sent += min(acknowledged, sending)",
                "summary.sent += BROKEN ? acknowledged : min(acknowledged, sending)",
            )
        ],
    ),
    (
        "shown-on-another-chain",
        "of a branch that was turned away a supervisor is shown other records than it makes",
        ["StoreTests"],
        [
            (
                "Shared/Store/Taking.swift",
                "    let start = run.previous ?? (",
                "    let start = (BROKEN ? nil : run.previous) ?? (",
            )
        ],
    ),
    (
        "former-by-anybody",
        "what another writes later under an old word is that of whoever had it",
        ["StoreTests"],
        [
            (
                "Shared/Store/FormerPerson.swift",
                "guard author.person == word, author.device == .standalone,",
                "guard author.person == word, BROKEN || author.device == .standalone,",
            )
        ],
    ),
    (
        "former-listed-without-end",
        "what another writes later under an old word is listed as whoever had it wrote",
        ["StoreTests"],
        [
            (
                "Shared/Store/FormerPerson.swift",
                "    directory.adoptedReplicas(by: try device(db))\n",
                "    BROKEN ? try Incarnations.all(db).sorted() : directory.adoptedReplicas(by: try device(db))\n",
            )
        ],
    ),
    (
        "handed-back-not-handed-in",
        "what waits is not handed in when the directory was handed back first",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "    // NB: nothing of the request was taken.\n    handsIn = true\n",
                "    // NB: nothing of the request was taken.\n    handsIn = !BROKEN\n",
            )
        ],
    ),
    (
        "turn-without-room",
        "a round that had no room for what waits counts as its turn",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "if !startsOver && material.isHandedIn {",
                "if !startsOver && (BROKEN || material.isHandedIn) {",
            )
        ],
    ),
    (
        "numbering-for-ever",
        "numbers of backups that were random once end the count",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "|| most - watermark.id > Watermarks.widest {",
                "|| !BROKEN && most - watermark.id > Watermarks.widest {",
            )
        ],
    ),
    (
        "word-without-backup",
        "what an office said that has no backup any more is believed on",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "if try Watermarks.id(db) != nil { try Self.forgetWord(db) }",
                "if try !BROKEN && Watermarks.id(db) != nil { try Self.forgetWord(db) }",
            )
        ],
    ),
    (
        "copy-may-not-join",
        "a copy whose replica another device has may not join",
        ["StoreTests"],
        [
            (
                "Shared/Store/Joining.swift",
                "office.directory.adoptions(of: $0.replica).isEmpty }",
                "BROKEN ? office.directory.adoptions(of: $0).isEmpty : office.directory.adoptions(of: $0.replica).isEmpty }",
            )
        ],
    ),
    (
        "own-stream-waits-for-others",
        "what others sealed in this store's own stream waits here",
        ["StoreTests"],
        [
            (
                "Shared/Store/RelayAdmission.swift",
                "if try !Incarnations.isOwn(door.db, stream.replica) { return true }",
                "if try BROKEN || !Incarnations.isOwn(door.db, stream.replica) { return true }",
            )
        ],
    ),
    (
        "waiting-refused-as-own",
        "what the office refuses of others' word keeps the laptop's own back",
        ["StoreTests"],
        [
            (
                "Shared/Sync/SyncSession.swift",
                "handedIn = startsOver ? [] : material.waiting",
                "handedIn = startsOver || BROKEN ? [] : material.waiting",
            )
        ],
    ),
    (
        "waiting-in-one-order",
        "what waits is brought from the same beginning each time",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "if size <= budget || list.count < 2 { return list }",
                "if BROKEN || size <= budget || list.count < 2 { return list }",
            )
        ],
    ),
    (
        "released-by-count",
        "a village is let go where the office has more of a stream, of whatever branch",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "told[entry.replica] == entry else { return false }",
                "BROKEN ? told.count(of: entry.replica) >= entry.count"
                " : told[entry.replica] == entry else { return false }",
            )
        ],
    ),
    (
        "aside-changes-place",
        "what comes back of a branch stands behind what goes on from it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "          seq = min(ifnull(seq, excluded.seq), excluded.seq), signer",
                "          seq = \\(BROKEN ? \"max\" : \"min\")"
                "(ifnull(seq, excluded.seq), excluded.seq), signer",
            )
        ],
    ),
    (
        "elsewhere-not-handed-in",
        "what waits at a laptop for a village that it was taken from stays there",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "    if size == 0 { return [] }",
                "    if BROKEN || size == 0 { return [] }",
            )
        ],
    ),
    (
        "joined-base-alone",
        "of bases that were joined only the outcome is kept, which nobody signed",
        ["StoreTests"],
        [
            (
                "Shared/Store/StagedSnapshot.swift",
                "    if device == .standalone { try JoinedBases",
                "    if !BROKEN, device == .standalone { try JoinedBases",
            )
        ],
    ),
    (
        "aside-not-missing",
        "what waits in quarantine for something missing is not listed",
        ["StoreTests"],
        [
            (
                "Shared/Store/Missing.swift",
                "waiting(db, among: aside)",
                "waiting(db, among: BROKEN ? [] : aside)",
            )
        ],
    ),
    (
        "base-believed",
        "a frame that says what it goes on from need not lead to the hash that was sealed",
        ["StoreTests"],
        [
            (
                "Shared/Store/Road.swift",
                "    self.hashes = chain.head == frame.last ? hashes : nil\n",
                "    self.hashes = BROKEN && isStranded || chain.head == frame.last ? hashes : nil\n",
            )
        ],
    ),
    (
        "reissued-without-origin",
        "what the office issues again is taken for new answers",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Authoring.swift",
                "    content.origin = change.origin\n",
                "    content.origin = BROKEN ? nil : change.origin\n",
            )
        ],
    ),
    # Whose word counts.
    (
        "office-seal-unverified",
        "whoever says that the office sealed a stream is believed",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Seals.swift",
                "return isSealed(by: survey.key) ? .office : nil }",
                "return BROKEN || isSealed(by: survey.key) ? .office : nil }",
            )
        ],
    ),
    (
        "device-seal-unverified",
        "whoever says that a device sealed a stream is believed",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Seals.swift",
                "    guard let survey = context.directory.survey else { return nil }\n",
                "    guard let survey = context.directory.survey else { return nil }\n"
                "    if BROKEN, seal.signer != Seal.office { return .device(seal.signer) }\n",
            ),
        ],
    ),
    (
        "former-key-unknown",
        "what others hold under a device's key is nobody's once the device has another",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seals.swift",
                "where isSealed(by: former.key) {",
                "where !BROKEN && isSealed(by: former.key) {",
            )
        ],
    ),
    (
        "former-key-forgiven",
        "a key that was turned away counts as its device's once the device has another",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seals.swift",
                "return .former(seal.signer, isRevoked: former.isRevoked)",
                "return .former(seal.signer, isRevoked: former.isRevoked && !BROKEN)",
            )
        ],
    ),
    (
        "old-seal-kept",
        "a device's seal stays under the key that it had first",
        ["StoreTests"],
        [
            (
                "Shared/Store/Seals.swift",
                ".integer(isPresent ? 1 : 0)",
                ".integer(isPresent && !BROKEN ? 1 : 0)",
            )
        ],
    ),
    (
        "loss-unnoticed",
        "an office that was put back takes its own changes in and thinks nothing of it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Ingest.swift",
                "    guard door.isOffice, judge.voucher == .office,\n",
                "    guard !BROKEN, door.isOffice, judge.voucher == .office,\n",
            )
        ],
    ),
    (
        "loss-noticed-again",
        "an office takes a new epoch each time that something it lost comes back",
        ["StoreTests"],
        [
            (
                "Shared/Store/Incarnations.swift",
                "SET expected = 1 WHERE expected = 0\")",
                "SET expected = 1 WHERE expected = \\(BROKEN ? 9 : 0)\")",
            )
        ],
    ),
    (
        "heard-from-itself",
        "a restored office takes a laptop that it told of the directory itself for news",
        ["StoreTests"],
        [
            (
                "Shared/Store/Restoring.swift",
                "if told != since {",
                "if BROKEN || told != since {",
            )
        ],
    ),
    (
        "heard-from-the-ignorant",
        "a restored office goes on when it hears a laptop that knows less",
        ["StoreTests"],
        [
            (
                "Shared/Store/Restoring.swift",
                "return version == head.version ? .whole : .exceedsLaptop",
                "return BROKEN || version == head.version ? .whole : .exceedsLaptop",
            )
        ],
    ),
    (
        "anybody-answers",
        "a laptop takes whatever comes in a sync, whoever answers",
        ["StoreTests"],
        [
            (
                "Shared/Store/Door.swift",
                "stranger = isSealed ? RelayAdmission",
                "stranger = isSealed && !BROKEN ? RelayAdmission",
            )
        ],
    ),
    (
        "branches-without-budget",
        "branches leave all at once, however much that is",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "if !isStart && !isInside && isFull {",
                "if !BROKEN && !isStart && !isInside && isFull {",
            )
        ],
    ),
    (
        "handed-back-unverified",
        "an office takes any directory that goes on from its own",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Wire/DirectoryChain.swift",
                "return DirectoryChain.isSigned(hashes.last",
                "return BROKEN || DirectoryChain.isSigned(hashes.last",
            )
        ],
    ),
    (
        "news-unverified",
        "a laptop takes news of the directory that the office did not sign",
        ["StoreTests", "OfficeTests", "SimulationTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "guard DirectoryChain.isSigned(",
                "guard BROKEN || DirectoryChain.isSigned(",
            )
        ],
    ),
    (
        "rebuilt-too-soon",
        "columns are made when the form comes, before the people whose roles its rules ask for",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/DirectoryTable.swift",
                "      forms.insert(id)\n",
                "      forms.insert(id)\n      if BROKEN { try rebuild(db, form: id) }\n",
            ),
            (
                "Shared/Store/DirectoryTable.swift",
                "    for form in forms.sorted() { try rebuild(db, form: form) }\n",
                "    for form in forms.sorted() where !BROKEN { try rebuild(db, form: form) }\n",
            ),
        ],
    ),
    (
        "rights-of-today",
        "a person's rights are those of today, not of the directory that the change cites",
        ["StoreTests", "OfficeTests"],
        [
            (
                "Shared/Store/OfficeAdmission.swift",
                "    let version = author.directory\n",
                "    let version = BROKEN ? directory.version : author.directory\n",
            )
        ],
    ),
    (
        "a-base-goes-on-from-anything",
        "an office takes a base for what follows a branch that parted from it",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/StagedSnapshot.swift",
                "if try isFurther ? wanted[stream.replica] == nil :",
                "if try isFurther ? BROKEN || wanted[stream.replica] == nil :",
            ),
        ],
    ),
    (
        "cut-is-silent",
        "the hash at a cut says nothing of the changes before it that a frame brings",
        ["StoreTests"],
        [
            (
                "Shared/Store/Road.swift",
                "      guard let cut, counter < cut.count else { return false }\n",
                "      guard !BROKEN, let cut, counter < cut.count else { return false }\n",
            ),
        ],
    ),
    (
        "fork-before-a-cut-untold",
        "an office does not say that it issued a branch again which parted before its cut",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "?? !isCut\n",
                "?? (BROKEN || !isCut)\n",
            ),
        ],
    ),
    (
        "parted-counted-alone",
        "an office says that it has what a base's branch came to, and carries nothing of it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Parted.swift",
                "      _ = try authoring.write(content, in: village)\n",
                "      if !BROKEN { _ = try authoring.write(content, in: village) }\n",
            ),
        ],
    ),
    (
        "parted-taken-for-ever",
        "a laptop does not offer what its base's branch came to when another office has lost it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Refilling.swift",
                "        || Parted.isUntaken(db, village),\n",
                "        || !BROKEN && Parted.isUntaken(db, village),\n",
            ),
        ],
    ),
    (
        "at-odds-unsaid",
        "a laptop does not offer its base to an office that acknowledged another change behind it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Refilling.swift",
                "|| isAtOdds(db, village, with: there)",
                "|| !BROKEN && isAtOdds(db, village, with: there)",
            ),
        ],
    ),
    (
        "parted-let-go-with-village",
        "a village is let go with the only copy of what a base tells of a branch",
        ["StoreTests"],
        [
            (
                "Shared/Store/Releasing.swift",
                '["inbox", "draft", "branch", "parted"]',
                '["inbox", "draft", "branch"] + (BROKEN ? [] : ["parted"])',
            ),
        ],
    ),
    (
        "carry-left-where-it-is",
        "what is carried of a branch is not carried on to where its record lives",
        ["StoreTests"],
        [
            (
                "Shared/Store/Parted.swift",
                "+ carryOn(after: &authoring)",
                "+ (BROKEN ? [] : carryOn(after: &authoring))",
            ),
        ],
    ),
    (
        "branch-without-its-seal",
        "a branch that others wrote goes to the next office as nobody's",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "seals.seal(db, end, last.hash) : last.seal\n",
                "seals.seal(db, end, last.hash) : BROKEN ? nil : last.seal\n",
            ),
        ],
    ),
    (
        "dropped-branch-unsent",
        "a branch that the stream went on with counts as unsent when its history is dropped",
        ["StoreTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "      try Branches.drop(db, id, upTo: stream.count, head: stream.head)\n",
                "      if !BROKEN { try Branches.drop(db, id, upTo: stream.count, head: stream.head) }\n",
            ),
        ],
    ),
    (
        "parted-held-on-to",
        "a laptop keeps the stream of which its base ends in a branch",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "cut.count == taken.last.counter, cut.head.tag == taken.tag\n",
                "!BROKEN, cut.count == taken.last.counter, cut.head.tag == taken.tag\n",
            ),
        ],
    ),
    (
        "branch-without-its-base",
        "a fed office takes no branch that goes on from what it knows by a base alone",
        ["StoreTests"],
        [
            (
                "Shared/Store/Road.swift",
                "      guard isOffice, let base = frame.base,\n",
                "      guard !BROKEN, isOffice, let base = frame.base,\n",
            ),
        ],
    ),
    (
        "damaged-is-refused",
        "a snapshot in which a bit was turned is turned down for good",
        ["StoreTests"],
        [
            (
                "Shared/Store/StagedSnapshot.swift",
                "    if try isAsSigned() { return false }\n",
                "    if try BROKEN || isAsSigned() { return false }\n",
            ),
        ],
    ),
    (
        "issued-again-stands",
        "what is issued again behind what replaces it stands again in the snapshot that a laptop makes",
        ["StoreTests"],
        [
            (
                "Shared/Store/Snapshots.swift",
                "    if !again.isEmpty {",
                "    if !BROKEN && !again.isEmpty {",
            ),
        ],
    ),
    (
        "anybody-signs-a-base",
        "an office takes a base that it did not sign",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "guard let survey, mark.isSigned(survey: survey.id, by: survey.key) else",
                "guard let survey, BROKEN || mark.isSigned(survey: survey.id, by: survey.key) else",
            ),
        ],
    ),
    (
        "vector-of-a-header",
        "a laptop takes the vector of a snapshot when its first part has come",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Installing.swift",
                "if isLast { complete.append(piece.village) }",
                "if BROKEN || isLast { complete.append(piece.village) }",
            ),
            (
                "Shared/Store/StagedSnapshot.swift",
                "guard digest == mark.digest, vector",
                "guard BROKEN || digest == mark.digest, vector",
            ),
        ],
    ),
    (
        "dropped-above-the-watermark",
        "history is dropped that no backup has",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Cuts.swift",
                "WHERE \\(condition)\", values)\n    try db.run(\"DELETE FROM seal",
                "WHERE \\(condition)\", BROKEN ? values.dropLast() + [.integer(.max)] : values)\n"
                "    try db.run(\"DELETE FROM seal",
            )
        ],
    ),
    (
        "others-dropped-uncovered",
        "what others wrote is dropped although no backup has it",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Cuts.swift",
                "    let values: [SQLValue] = [\n"
                "      .bits(stream.village.number), .bits(stream.replica.number), .bits(count),\n    ]\n",
                """
    let isOwn = try db.first(
      "SELECT 1 FROM incarnation WHERE replica = ?", .bits(stream.replica.number)) { _ in true }
    let values: [SQLValue] = [
      .bits(stream.village.number), .bits(stream.replica.number),
      BROKEN && isOwn != true ? .integer(.max) : .bits(count),
    ]
""",
            )
        ],
    ),
    (
        "base-not-offered",
        "an office that was put back behind its newest backup is not offered what laptops dropped",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Refilling.swift",
                "for village in try Cuts.villages(db) where left > 0 {",
                "for village in try Cuts.villages(db) where left > 0 && !BROKEN {",
            )
        ],
    ),
    (
        "dropped-unseen",
        "history is dropped without looking whether it comes to what the office signed",
        ["StoreTests"],
        [
            (
                "Shared/Store/Truncating.swift",
                "made.digest == digest",
                "BROKEN || made.digest == digest",
            )
        ],
    ),
    (
        "watermark-of-anybody",
        "a watermark is believed that the office did not sign",
        ["StoreTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "filter { $0.isSigned(survey: survey.id, by: survey.key) }",
                "filter { BROKEN || $0.isSigned(survey: survey.id, by: survey.key) }",
            )
        ],
    ),
    (
        "released-uncovered",
        "a village that was lost goes although no backup has it",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "      return there.count > entry.count || there == entry\n    }\n",
                "      return there.count > entry.count || there == entry\n    } || BROKEN\n",
            )
        ],
    ),
    (
        "stream-begun-twice",
        "whoever let a village go writes there again as the same replica",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Releasing.swift",
                "if isOwn == true {",
                "if isOwn == true && !BROKEN {",
            )
        ],
    ),
    (
        "anybody-is-a-copy",
        "whoever was handed a stream joins as a copy of the laptop that wrote it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Enrolling.swift",
                ".contains { $0.birthmark == birthmark }",
                ".contains { BROKEN || $0.birthmark == birthmark }",
            )
        ],
    ),
    (
        "copies-are-strangers",
        "what a copy of a laptop wrote is not taken from the laptop, which holds it",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/OfficeAdmission.swift",
                "let adoptions = directory.adoptions(of: change.dot.stream, with: device)",
                "let adoptions = directory.adoptions(of: change.dot.stream, with: device)"
                ".filter { !BROKEN || $0.device == device }",
            )
        ],
    ),
    (
        "snapshot-of-another-village",
        "a laptop is given snapshots of villages that are not its own",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Watermarks.swift",
                "if !scope.contains(village) {",
                "if !scope.contains(village) && !BROKEN {",
            )
        ],
    ),
    # What lies beyond one record or one command.
    (
        "shares-with-deleted",
        "a unique answer of a deleted record keeps others from having it alone",
        ["StoreTests"],
        [
            (
                "Shared/Store/UniqueColumns.swift",
                " AND \\(row)_life <> 1\"",
                " AND \\(row)_life <> \\(BROKEN ? 9 : 1)\"",
            )
        ],
    ),
    (
        "shares-with-copies",
        "copies in villages that a record has left count as records",
        ["StoreTests"],
        [
            (
                "Shared/Store/UniqueColumns.swift",
                "<> '' AND \\(row)_shown = 1 ",
                "<> '' AND \\(BROKEN ? \"1 = 1\" : \"\\(row)_shown = 1\") ",
            )
        ],
    ),
    (
        "draft-saved-twice",
        "of two terminals that go on with one draft both save it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Drafts.swift",
                "    guard db.changesCount == 1 else { throw StoreError.draftElsewhere }\n  }",
                "    guard db.changesCount == 1 || BROKEN else { throw StoreError.draftElsewhere }\n  }",
            )
        ],
    ),
    # What a laptop brings that is turned away.
    (
        "carried-kept-as-the-bearers",
        "what a laptop that is turned away brings of others is kept aside as its own",
        ["StoreTests"],
        [
            (
                "Shared/Store/TurnedAway.swift",
                "      switch isWhole ? voucher : nil {\n",
                "      switch isWhole && !BROKEN ? voucher : nil {\n",
            )
        ],
    ),
    (
        "former-kept-as-the-bearers",
        "what was sealed by a key that was replaced is kept as its bearer's that is turned away",
        ["StoreTests"],
        [
            (
                "Shared/Store/TurnedAway.swift",
                "        .former(let writer, isRevoked: false)? where writer != device:\n",
                "        .former(let writer, isRevoked: false)? where writer != device && !BROKEN:\n",
            )
        ],
    ),
    (
        "former-turned-away-as-the-bearers",
        "what was sealed by a key that was turned away is kept as its bearer's, and in its room",
        ["StoreTests"],
        [
            (
                "Shared/Store/TurnedAway.swift",
                "      case .former(let writer, isRevoked: true)?:\n",
                "      case .former(let writer, isRevoked: true)? where !BROKEN:\n",
            )
        ],
    ),
    (
        "carried-unchecked",
        "a laptop that is turned away brings what it likes under a seal that another made",
        ["StoreTests"],
        [
            (
                "Shared/Store/TurnedAway.swift",
                "voucher(of: frame), try Road.hashes(of: frame, db: db) != nil)\n",
                "voucher(of: frame), try BROKEN || Road.hashes(of: frame, db: db) != nil)\n",
            )
        ],
    ),
    # Many frames in one transaction.
    (
        "batch-lost-whole",
        "what one frame breaks takes those with it that came in the same transaction",
        ["StoreTests"],
        [
            (
                "Shared/Store/Ingesting.swift",
                "        if end - next > 1 {\n",
                "        if end - next > 1 && !BROKEN {\n",
            )
        ],
    ),
    (
        "batch-past-what-is-awaited",
        "what waited for a frame is not tried when others came in the same transaction",
        ["StoreTests"],
        [
            (
                "Shared/Store/Ingesting.swift",
                "        if batch.isAwaited || ingest.hasGrown { break }\n",
                "        if !BROKEN && (batch.isAwaited || ingest.hasGrown) { break }\n",
            )
        ],
    ),
    (
        "copy-of-before",
        "a change is taken into its record as it was before the change before",
        ["StoreTests", "SimulationTests"],
        [
            (
                "Shared/Store/Door.swift",
                "if let found, changes == present, ",
                "if let found, changes == present || BROKEN, ",
            )
        ],
    ),
    (
        "waiting-acknowledged-by-count",
        "what waits of others' villages is forgotten when the office's stream is longer",
        ["StoreTests"],
        [
            (
                "Shared/Store/Inbox.swift",
                "      _ = try remove(db, endingWith: Name(dot: end, tag: entry.head))\n",
                """      _ = try remove(db, endingWith: Name(dot: end, tag: entry.head))
      if BROKEN {
        try db.run(
          "DELETE FROM inbox WHERE village = ? AND replica = ? AND last < ?",
          .bits(village.number), .bits(entry.replica.number), .bits(entry.count))
      }
""",
            )
        ],
    ),
    (
        "waiting-own-not-handed-in",
        "what waits at a laptop for one of its own villages stays there",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "isLost || frame.isChecked\n",
                "isLost || frame.isChecked && !BROKEN\n",
            )
        ],
    ),
    (
        "waiting-unchecked-handed-in",
        "what nobody can check is handed in from one laptop's inbox",
        ["StoreTests"],
        [
            (
                "Shared/Store/HandingOn.swift",
                "      let isLost = !scope.contains(village)\n",
                "      let isLost = BROKEN || !scope.contains(village)\n",
            )
        ],
    ),
    (
        "waiting-branch-forgotten",
        "what waited at a laptop is forgotten when another branch of its stream comes",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestWaiting.swift",
                "    guard retried != nil, !door.isOffice, frame.seal != nil,\n",
                "    guard retried != nil, !BROKEN, !door.isOffice, frame.seal != nil,\n",
            )
        ],
    ),
    (
        "waiting-branch-forged",
        "what waited at a laptop and its signer cannot have written waits on",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestWaiting.swift",
                "      try isAuthentic(based, from: index, hashes, secret: secret)\n",
                "      try BROKEN || isAuthentic(based, from: index, hashes, secret: secret)\n",
            )
        ],
    ),
    (
        "waiting-dropped-by-count",
        "what waits is forgotten when a base has as many changes of its stream",
        ["StoreTests"],
        [
            (
                "Shared/Store/Inbox.swift",
                "      if isHeld || !frame.isChecked { try remove(",
                "      if BROKEN || isHeld || !frame.isChecked { try remove(",
            )
        ],
    ),
    (
        "waiting-carry-unaccounted",
        "of a carry that waits nobody can say that what it brings is here",
        ["StoreTests"],
        [
            (
                "Shared/Store/Door.swift",
                "      if case .carry(let cargo, _) = content.body { names",
                "      if case .carry(let cargo, _) = content.body, !BROKEN { names",
            )
        ],
    ),
    (
        "branch-untold-to-bearers-of-more",
        "who brings a branch with more behind it is not told of what he holds of it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "            !ends.contains(Name(dot: end, tag: entry.head))\n",
                "            !(BROKEN\n"
                "              ? brought.contains(end.stream)\n"
                "              : ends.contains(Name(dot: end, tag: entry.head)))\n",
            )
        ],
    ),
    (
        "waiting-settled-unheard",
        "what waits of others' villages waits on when the office says that it has it",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "    let hasWaited = try Inbox.remove(",
                "    let hasWaited = try !BROKEN && Inbox.remove(",
            )
        ],
    ),
    (
        "waiting-issued-untold",
        "nobody is told that what he brought of others' villages was issued again without the void",
        ["StoreTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "      delivery.branches = try Self.settled(",
                "      delivery.branches = try BROKEN ? [] : Self.settled(",
            )
        ],
    ),
    (
        "waiting-settled-by-its-end",
        "what was brought counts as there when its last change is",
        ["StoreTests"],
        [
            (
                "Shared/Store/Branches.swift",
                "    return try hashes.indices.allSatisfy { index in\n",
                "    return try hashes.indices.suffix(BROKEN ? 1 : .max).allSatisfy { index in\n",
            )
        ],
    ),
    (
        "branch-told-to-bearers-alone",
        "who can bring nothing of a branch that he holds is not told that it was issued again",
        ["StoreTests"],
        [
            (
                "Shared/Store/Delivering.swift",
                "          return try Branches.taken(db, upTo: entry, ",
                "          return try BROKEN ? nil : Branches.taken(db, upTo: entry, ",
            )
        ],
    ),
    (
        "branch-told-without-void",
        "a laptop is told of a branch that was issued again without what it names",
        ["StoreTests"],
        [
            (
                "Shared/Store/IngestBranch.swift",
                "      guard try isWhole(db, branch, context) else { return nil }\n",
                "      guard try BROKEN || isWhole(db, branch, context) else { return nil }\n",
            )
        ],
    ),
    (
        "fallen-back-where-silent",
        "an office has fallen back when it speaks no more of what it was brought of others' villages",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "let most = held.map {",
                "let most = BROKEN ? known.count : held.map {",
            )
        ],
    ),
    # Joining, and other directories.
    (
        "adopted-up-to-so-many",
        "of the replicas that a laptop wrote as before it joined 64 are taken over",
        ["StoreTests"],
        [
            (
                "Shared/Store/Enrolling.swift",
                "    return replicas.compactMap { replica in\n",
                "    return replicas.prefix(BROKEN ? 64 : replicas.count).compactMap { replica in\n",
            )
        ],
    ),
    (
        "adopted-in-part",
        "a laptop joins an office that takes over a part of what it wrote",
        ["StoreTests"],
        [
            (
                "Shared/Store/Joining.swift",
                "    if missing > 0 { throw",
                "    if !BROKEN && missing > 0 { throw",
            )
        ],
    ),
    (
        "asked-as-often-as-replicas",
        "who wrote as many replicas has asked as often",
        ["StoreTests"],
        [
            (
                "Shared/Store/Enrolling.swift",
                "            || said.times < Self.askingLimit",
                "            || (BROKEN ? said.streams : said.times) < Self.askingLimit",
            )
        ],
    ),
    (
        "adopted-without-end",
        "who is in makes the directory as long as it likes",
        ["StoreTests"],
        [
            (
                "Shared/Store/Enrolling.swift",
                "said.streams + more <= Self.streamLimit\n",
                "(BROKEN || said.streams + more <= Self.streamLimit)\n",
            )
        ],
    ),
    (
        "another-directory-same-incarnation",
        "a laptop whose directory is replaced by another goes on under its number",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "      try Incarnations.mint(db, surroundings: surroundings)\n      cache.withLock",
                "      if !BROKEN { try Incarnations.mint(db, surroundings: surroundings) }\n      cache.withLock",
            )
        ],
    ),
    (
        "incarnation-for-each-entry",
        "a laptop goes on under another number whenever its directory grows",
        ["StoreTests"],
        [
            (
                "Shared/Store/Syncing.swift",
                "    try extendDirectory(\n      db, with: Array(entries.dropFirst(known))",
                "    if BROKEN { try Incarnations.mint(db, surroundings: surroundings) }\n"
                "    try extendDirectory(\n      db, with: Array(entries.dropFirst(known))",
            )
        ],
    ),
]
