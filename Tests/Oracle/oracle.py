#!/usr/bin/env python3
"""Judges worlds of the simulator by the text of docs/DESIGN.md alone.

Usage: oracle.py FILE.jsonl...

A file is the plain history of one world: every answer that was ever given, with all that its author
had been shown of the record, and what each replica shows once everything has come everywhere. From
the answers alone this program decides, slowly and by itself, what each of them replaced, what stands,
what the form's rules make of it, what is deleted and where a record lives; and that no answer is
lost. It shares no code with the product and needs nothing but Python.
"""

import collections
import csv
import io
import json
import math
import sys
from fractions import Fraction

ROLES = ["viewer", "surveyor", "supervisor", "admin"]
LIFE, VILLAGE, FIRST_OF_FORM = 1, 2, 16
DAY = 24 * 3600 * 1000


class Wrong(Exception):
    """Something that the design does not allow."""


# --- rules ------------------------------------------------------------------------------------


def rules_of(sheet):
    """The rules of a form by question number, from the text of its survey sheet."""
    rules = {}
    for line in csv.DictReader(io.StringIO(sheet)):
        number = line["bind::kulkul:id"]
        if number:
            rules[int(number)] = line["bind::kulkul:rule"] or "ask"
    return rules


def split(rule):
    """A rule and the one it falls back on."""
    head, _, then = rule.partition(" then ")
    return head, then or "ask"


def quantity(value):
    return Fraction(value[1]) if isinstance(value, list) and value[0] == "number" else None


def suspect(answer):
    """Whether the change's own evidence speaks against its stamp."""
    if "trusted" not in answer:
        return answer["heard"]
    ahead = answer["milliseconds"] - answer["trusted"]
    if ahead < 0:
        return True
    if answer["elapsed"] is not None:
        return abs(ahead - answer["elapsed"]) > 15 * 60 * 1000
    return ahead > 90 * DAY


def metres(a, b):
    """The distance of two fixes, over the globe."""
    (p, q), (r, s) = [[math.radians(float(quantity(x))) for x in fix[1:3]] for fix in (a, b)]
    h = math.sin((r - p) / 2) ** 2 + math.cos(p) * math.cos(r) * math.sin((s - q) / 2) ** 2
    return 2 * 6_371_000 * math.asin(math.sqrt(h))


def radius(fix):
    value = quantity(fix[3]) if len(fix) > 3 else None
    return value if value is not None and value > 0 else math.inf


def decided(some):
    """The decisions among some answers, by those who may decide."""
    return [a for a in some if a["resolution"] and ROLES.index(a["role"]) >= 2]


def provisional(some):
    """What an open conflict shows meanwhile."""
    decisions = decided(some)
    trusted = [a for a in some if not suspect(a)]
    return "open", (decisions or trusted or some)[-1]["value"]


def settle(some, rule):
    """What a rule makes of a set of answers: ("none" | "answer" | "open", value)."""
    if not some:
        return "none", None
    some = sorted(some, key=lambda a: a["order"])
    head, then = split(rule)
    values = [a["value"] for a in some]
    if head == "sum":
        total = sum(quantity(v) for v in values if v != "cleared")
        return "answer", ["number", total]
    if all(v == values[0] for v in values):
        return "answer", values[0]
    if head != "union" and decided(some):
        # Whoever decided had not seen the others: a person is asked again.
        return provisional(some)
    doubtful = any(suspect(a) for a in some)
    if head in ("latest", "first"):
        if doubtful:
            return settle(some, then)
        return "answer", values[-1 if head == "latest" else 0]
    if head in ("max", "min"):
        pick = max if head == "max" else min
        return "answer", pick((v for v in values if v != "cleared"), key=quantity)
    if head == "union":
        return "answer", "present"
    if head == "role":
        best = max(ROLES.index(a["role"]) for a in some)
        return settle_all([a for a in some if ROLES.index(a["role"]) == best], then)
    if head.startswith("same-or-ask("):
        percent = Fraction(head[len("same-or-ask(") : -1])
        numbers = [quantity(v) for v in values]
        if None in numbers:
            return provisional(some)
        low, high = min(numbers), max(numbers)
        near = (high - low) * 100 <= percent * max(abs(low), abs(high))
        return ("answer", values[-1]) if near else provisional(some)
    if head.startswith("ask-if-class-changes("):
        edges = [Fraction(e) for e in head[len("ask-if-class-changes(") : -1].split(",")]
        numbers = [quantity(v) for v in values]
        if None in numbers or doubtful:
            return provisional(some)
        classes = {sum(n >= edge for edge in edges) for n in numbers}
        return ("answer", values[-1]) if len(classes) == 1 else provisional(some)
    if head == "best-fix":
        fixes = [v for v in values if v != "cleared"]
        if len({tuple(map(str, f[1:3])) for f in fixes}) > 64:
            return provisional(some)
        if any(metres(a, b) > 100 for a in fixes for b in fixes):
            return provisional(some)
        best = min(radius(f) for f in fixes)
        return "answer", [f for f in fixes if radius(f) == best][-1]
    if head in ("ask", "fixed"):
        return provisional(some)
    raise Wrong(f"there is no rule {rule}")


def settle_all(best, then):
    """The second rule among the holders of the highest role."""
    return settle(best, then)


def same(a, b):
    """Whether two values are the same answer."""
    if isinstance(a, list) and isinstance(b, list) and a[:1] == b[:1] == ["number"]:
        return Fraction(a[1]) == Fraction(b[1])
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


# --- a world ----------------------------------------------------------------------------------


class World:
    def __init__(self, lines):
        self.forms, self.answers, self.born = [], [], {}
        self.replicas, self.shown = {}, {}
        for line in lines:
            if "form" in line:
                self.forms.append(rules_of(line["form"]))
            elif "born" in line:
                self.born[line["record"]] = line["born"]
            elif "answer" in line:
                line["path"] = tuple(line["path"])
                self.answers.append(line)
            elif "replica" in line:
                self.replicas[line["replica"]] = set(line["villages"])
            elif "shows" in line:
                self.shown[line["at"], line["shows"]] = line
        for answer in self.answers:
            answer["over"] = self.replaced(answer)

    def rule(self, path, version):
        if path[2] < FIRST_OF_FORM:
            return "ask"
        return self.forms[version].get(path[2], "ask")

    def of(self, numbers):
        return [self.answers[n] for n in numbers]

    def replaced(self, answer):
        """Which of the answers that its author was shown an answer takes the place of."""
        path, person = answer["path"], answer["person"]
        seen = [n for n in answer["seen"] if self.answers[n]["path"] == path]
        mine = [n for n in seen if self.answers[n]["person"] == person]
        role = ROLES.index(answer["role"])
        if answer["resolution"]:
            return set(seen) if role >= 2 else set()
        if path[2] == LIFE:
            contested = self.liveness(self.by_place(answer["seen"]), path[:2]) == "contested"
            return set(mine if contested else seen)
        rule = self.rule(path, answer["version"])

        def allowed(n, rule):
            head, then = split(rule)
            other = ROLES.index(self.answers[n]["role"])
            if head == "sum":
                return False
            if head in ("fixed", "first"):
                return n in mine
            if head == "role":
                return other < role or other == role and allowed(n, then)
            return True

        free = [n for n in seen if allowed(n, rule)]
        if "open" in (settle(self.of(seen), rule)[0], settle(self.of(free), rule)[0]):
            free = [n for n in free if n in mine]
        return set(free)

    def by_place(self, numbers):
        places = collections.defaultdict(set)
        for n in numbers:
            places[self.answers[n]["path"]].add(n)
        return places

    def liveness(self, places, row):
        """Whether a record, or a row of it, is there, by what stands."""
        whole = row == (0, "")
        lives = self.of(places.get((*row, LIFE, ""), ()))
        deletes = [a for a in lives if a["value"] == ["life", False]]
        if not deletes:
            return "alive"
        speaks = set()
        for path, some in places.items():
            if path[2] != LIFE and (whole or path[:2] == row):
                speaks |= some
            elif path[2] == LIFE and whole and path[:2] != row:
                # That a row is gone speaks against nothing; that it is there does.
                speaks |= {n for n in some if self.answers[n]["value"] != ["life", False]}
        for delete in deletes:
            speaks -= set(delete["seen"])
        return "contested" if speaks or len(deletes) < len(lives) else "deleted"

    def standing(self, record):
        """What must stand at each place."""
        mine = [a for a in self.answers if a["record"] == record]
        gone = set().union(*(a["over"] for a in mine)) if mine else set()
        return self.by_place(a["answer"] for a in mine if a["answer"] not in gone)

    def judge(self):
        for record in self.born:
            places = self.standing(record)
            verdict, value = settle(self.of(places.get((0, "", VILLAGE, ""), ())), "ask")
            home = value[1] if value else self.born[record]
            holders = [name for name, villages in self.replicas.items() if home in villages]
            if "office" not in holders:
                raise Wrong(f"nobody holds {record}, which lives in {home}")
            for name in holders:
                shown = self.shown.get((name, record))
                if shown is None or shown["village"] != home:
                    raise Wrong(f"{name} does not show {record} in {home}")
                try:
                    self.nothing_is_lost(record, shown)
                    self.compare(shown, places, verdict == "open")
                except Wrong as wrong:
                    raise Wrong(f"{name}, {record[:5]}: {wrong}") from None

    def nothing_is_lost(self, record, shown):
        """Every answer is shown, or somebody who had seen it gave one that is accounted for.

        This goes by what the replica shows, and by nothing that was decided here.
        """
        found = {n for place in shown["places"] for n in place["standing"] if n >= 0}
        rest = list(found)
        while rest:
            answer = self.answers[rest.pop()]
            for n in answer["seen"]:
                if self.answers[n]["path"] == answer["path"] and n not in found:
                    found.add(n)
                    rest.append(n)
        for answer in self.answers:
            if answer["record"] == record and answer["answer"] not in found:
                raise Wrong(f"answer {answer['answer']} by {answer['person']} is lost")

    def compare(self, shown, places, is_home_open):
        there = {tuple(p["path"]): p for p in shown["places"]}
        for path in sorted(set(there) | set(places)):
            stands = set(there[path]["standing"]) if path in there else set()
            if stands != places.get(path, set()):
                raise Wrong(f"at {path} stand {sorted(stands)}, not {sorted(places[path])}")
        rows = {path[:2] for path in places if path[0]}
        lives = {row: self.liveness(places, row) for row in rows}
        said = {tuple(row["row"]): row["life"] for row in shown["rows"]}
        for row in rows:
            if said.get(row) != lives[row]:
                raise Wrong(f"row {row[1]} is said to be {said.get(row)}, not {lives[row]}")
        life = self.liveness(places, (0, ""))
        if shown["life"] != life:
            raise Wrong(f"it is said to be {shown['life']}, not {life}")
        conflicts = (life == "contested") + is_home_open
        conflicts += sum(life == "contested" for life in lives.values())
        for path, some in places.items():
            if path[2] < FIRST_OF_FORM:
                continue
            verdict, value = settle(self.of(some), self.rule(path, len(self.forms) - 1))
            if (verdict, True) != (there[path]["verdict"], same(value, there[path]["value"])):
                raise Wrong(
                    f"at {path} it reads {there[path]['verdict']} {there[path]['value']}, "
                    f"not {verdict} {value}")
            conflicts += verdict == "open" and lives.get(path[:2]) != "deleted"
        if shown["conflicts"] != conflicts:
            raise Wrong(f"it has {shown['conflicts']} conflicts, not {conflicts}")


def main(paths):
    answers = records = failures = 0
    for path in paths:
        with open(path, encoding="utf-8") as file:
            world = World([json.loads(line) for line in file])
        try:
            world.judge()
        except Wrong as wrong:
            failures += 1
            print(f"{path}: {wrong}")
        answers += len(world.answers)
        records += len(world.born)
    print(f"oracle: {len(paths)} worlds, {records} records, {answers} answers, {failures} wrong")
    return 1 if failures or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
