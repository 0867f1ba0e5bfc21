"""Checks a Kulkul form (three CSV sheets) and its conversion to an XForm. See check-form."""

import argparse
import csv
import io
import pathlib
import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree

import openpyxl
from pyxform.xls2xform import convert

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILT_IN = ROOT / "Shared/Forms/Preset/ikm"
XFORMS = "{http://www.w3.org/2002/xforms}"
FIRST_ID = 16
STRAIGHT = str.maketrans("‘’“”", "''\"\"")

LANGUAGES = ("Bahasa Indonesia (id)", "English (en)")
COLUMNS = {
    "type", "name", "required", "relevant", "constraint", "appearance",
    *(f"{text}::{language}" for text in ("label", "hint", "constraint_message")
      for language in LANGUAGES),
    *(f"bind::kulkul:{name}" for name in ("id", "rule", "group", "key", "private")),
}
WARNING = re.compile(r"bind::kulkul:(warning[2-9]?|compare)(_message|_message_id)?$")
UNIQUE = "bind::kulkul:unique"

SIMPLE_RULES = {"latest", "first", "max", "min", "union", "sum", "best-fix", "fixed", "ask"}
COMPARISON = re.compile(r"rises|keeps-class\(\d+(,\d+)*\)")
NUMBER_RULE = re.compile(r"same-or-ask\(\d+\)|ask-if-class-changes\(\d+(,\d+)*\)")

FUNCTIONS = {
    "not", "if", "regex", "selected", "string-length", "substr", "count", "number", "date",
    "today", "string", "round", "int", "coalesce", "concat", "count-selected", "true", "false",
}
TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<number>\d+(?:\.\d+)?)|\$\{(?P<question>[^}]+)\}"""
    r"""|(?P<word>[a-z][a-z-]*)|(?P<sign><=|>=|!=|[-=<>+*(),.]))"""
)


class Problems:
    """What was found, each with the row it was found in."""

    def __init__(self):
        self.lines = []

    def add(self, where, what):
        self.lines.append(f"{where}: {what}")


class Element:
    """A question, group or repeat of the survey sheet."""

    def __init__(self, line, row, parent):
        self.line, self.row, self.parent = line, row, parent
        self.type, _, self.list_name = row["type"].partition(" ")
        self.name = row["name"]
        self.children = []

    @property
    def where(self):
        return f"line {self.line}, {self.name or self.type}"

    @property
    def path(self):
        return (self.parent.path if self.parent else []) + [self.name]

    @property
    def repeat(self):
        above = self.parent
        while above and above.type != "begin_repeat":
            above = above.parent
        return above

    def kulkul(self, column):
        return self.row.get(f"bind::kulkul:{column}", "")

    @property
    def is_question(self):
        return not self.type.startswith("begin_")

    @property
    def is_register(self):
        return self.type == "begin_group" and any(c.kulkul("group") for c in self.children)


def read_sheet(path):
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader)
        rows = []
        for cells in reader:
            if len(cells) != len(header):
                sys.exit(f"{path}:{reader.line_num}: {len(cells)} cells, not {len(header)}")
            rows.append((reader.line_num, dict(zip(header, cells))))
    return header, rows


def read_elements(rows, problems):
    elements, open_elements = [], []
    for line, row in rows:
        kind = row["type"]
        if kind in ("end_group", "end_repeat"):
            begun = open_elements.pop() if open_elements else None
            if begun is None or begun.type != kind.replace("end", "begin"):
                problems.add(f"line {line}", f"{kind} ends nothing")
            continue
        parent = open_elements[-1] if open_elements else None
        element = Element(line, row, parent)
        elements.append(element)
        if parent:
            parent.children.append(element)
        if not element.is_question:
            open_elements.append(element)
    for element in open_elements:
        problems.add(element.where, "never ended")
    return elements


def check_columns(header, problems):
    for column in header:
        if column not in COLUMNS and not WARNING.match(column) and column != UNIQUE:
            problems.add("header", f"unknown column {column}")
    for column in COLUMNS - set(header):
        problems.add("header", f"no column {column}")


def check_ids(elements, problems):
    seen = {}
    for element in elements:
        number = element.kulkul("id")
        if not re.fullmatch(r"[1-9]\d{0,8}", number) or int(number) < FIRST_ID:
            problems.add(element.where, f"kulkul:id {number!r} is not a number from {FIRST_ID} on")
        elif number in seen:
            problems.add(element.where, f"kulkul:id {number} belongs to {seen[number].where}")
        seen.setdefault(number, element)


def check_names(elements, problems):
    seen = set()
    for element in elements:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", element.name):
            problems.add(element.where, "a name is a letter, then letters, digits and _")
        # Names are unique within a repeat, and outside repeats over the whole form.
        scope = element.repeat.name if element.repeat else None
        if (scope, element.name) in seen:
            problems.add(element.where, "the name is used twice")
        seen.add((scope, element.name))
        if element.repeat and element.type == "begin_repeat":
            problems.add(element.where, "a repeat inside a repeat")


def is_rule(rule):
    if rule in SIMPLE_RULES or NUMBER_RULE.fullmatch(rule):
        return True
    first, then, second = rule.partition(" then ")
    return bool(then) and first in ("role", "latest", "first") and is_rule(second)


def check_rules(elements, problems):
    for element in elements:
        rule, group = element.kulkul("rule"), element.kulkul("group")
        if rule and not is_rule(rule):
            problems.add(element.where, f"no such rule: {rule}")
        if rule and not element.is_question and not element.is_register:
            problems.add(element.where, "only questions and register groups have a rule")
        if element.type == "select_multiple" and rule not in ("", "union"):
            problems.add(element.where, "select_multiple is always a union")
        if rule == "union" and element.type not in ("select_multiple", "text"):
            problems.add(element.where, "only text and select_multiple can be a union")
        if group and (element.parent is None or element.parent.name != group):
            problems.add(element.where, f"is not directly inside the group {group}")
        if group and rule:
            problems.add(element.where, "a member of a register group has no rule of its own")
        if element.is_register and not all(c.kulkul("group") for c in element.children):
            problems.add(element.where, "some members name the group and some do not")
        if element.is_register and not all(c.is_question for c in element.children):
            problems.add(element.where, "a register group holds questions only")
        if rule == "best-fix" and [c.type for c in element.children[:3]] != ["decimal"] * 3:
            problems.add(element.where, "best-fix needs latitude, longitude and accuracy first")
        key = element.kulkul("key")
        if key and element.type != "begin_repeat":
            problems.add(element.where, "only a repeat has a key")
        if key and key not in [c.name for c in element.children if c.is_question]:
            problems.add(element.where, f"the key {key} is not one of its questions")
        for flag in ("private", "unique"):
            if element.kulkul(flag) not in ("", "yes"):
                problems.add(element.where, f"{flag} is 'yes' or empty")
        if element.kulkul("unique") and (
            element.type not in ("text", "integer") or element.repeat or group
            or rule in ("union", "sum")
        ):
            problems.add(element.where, "unique is for a text or integer outside repeats and groups")
        comparison = element.kulkul("compare")
        if comparison and not COMPARISON.fullmatch(comparison):
            problems.add(element.where, f"no such comparison: {comparison}")
        if comparison.startswith("keeps-class") and (
            element.type not in ("integer", "decimal") or not element.repeat
            or not any(c.name == element.repeat.kulkul("key") and c.type == "integer"
                       for c in element.repeat.children)
        ):
            problems.add(element.where, "keeps-class is for numbers in rows with an integer key")
        if comparison == "rises" and element.type not in (
            "integer", "decimal", "date", "dateTime", "select_one"
        ):
            problems.add(element.where, "rises is for numbers, dates and select_one")


def check_texts(elements, choices, problems):
    for element in elements:
        wanted = [f"label::{language}" for language in LANGUAGES]
        if element.row["constraint"]:
            wanted += [f"constraint_message::{language}" for language in LANGUAGES]
        if any(element.row[f"hint::{language}"] for language in LANGUAGES):
            wanted += [f"hint::{language}" for language in LANGUAGES]
        for column in element.row:
            match = WARNING.match(column)
            if match and element.row[column]:
                number = match.group(1)
                wanted += [f"bind::kulkul:{number}{end}" for end in ("", "_message", "_message_id")]
        for column in dict.fromkeys(wanted):
            if not element.row.get(column):
                problems.add(element.where, f"{column} is empty")
    lists, seen = set(), set()
    for line, row in choices:
        where = f"choices line {line}"
        lists.add(row["list_name"])
        if (row["list_name"], row["name"]) in seen:
            problems.add(where, f"{row['name']} is twice in {row['list_name']}")
        seen.add((row["list_name"], row["name"]))
        if not re.fullmatch(r"[A-Za-z0-9_]+", row["name"]):
            problems.add(where, f"{row['name']!r} is not a plain name")
        for language in LANGUAGES:
            if not row[f"label::{language}"]:
                problems.add(where, f"no label in {language}")
    used = {e.list_name for e in elements if e.type.startswith("select_")}
    for name in sorted(used ^ lists):
        problems.add("choices", f"the list {name} is {'not used' if name in lists else 'missing'}")


def check_expressions(elements, problems):
    names = [element.name for element in elements]
    for element in elements:
        for column in ("required", "relevant", "constraint", *filter(WARNING.match, element.row)):
            text = element.row.get(column, "")
            if not text or column.endswith(("_message", "_message_id", ":compare")):
                continue
            if column == "required" and text == "yes":
                continue
            at = 0
            while at < len(text.rstrip()):
                token = TOKEN.match(text, at)
                if not token:
                    problems.add(element.where, f"{column}: cannot read {text[at:at + 20]!r}")
                    break
                at = token.end()
                word, question = token["word"], token["question"]
                called = text[at:].lstrip().startswith("(")
                if word and not (word in FUNCTIONS and called or word in ("and", "or", "div", "mod")):
                    problems.add(element.where, f"{column}: {word} is not in the subset")
                if question and names.count(question) != 1:
                    problems.add(element.where, f"{column}: ${{{question}}} is not one question")


def workbook(sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, (header, rows) in sheets.items():
        sheet = book.create_sheet(title)
        for number, cells in enumerate([header] + [list(row.values()) for _, row in rows], 1):
            for column, text in enumerate(cells, 1):
                if text:
                    cell = sheet.cell(number, column, text)
                    cell.data_type = "s"  # Also where it looks like a formula or a number.
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def check_xform(xform, elements, namespace, problems):
    """Asserts that every kulkul column of every row is an attribute of its bind."""
    binds = {}
    for bind in ElementTree.fromstring(xform).iter(f"{XFORMS}bind"):
        binds.setdefault(bind.get("nodeset"), {}).update(bind.attrib)
    root = next(iter(binds)).split("/")[1]
    count = 0
    for element in elements:
        attributes = binds.get("/" + "/".join([root] + element.path))
        if attributes is None:
            problems.add(element.where, "has no bind in the XForm")
            continue
        for column, text in element.row.items():
            if not column.startswith("bind::kulkul:") or not text:
                continue
            name = column.removeprefix("bind::kulkul:")
            found = attributes.get(f"{{{namespace}}}{name}")
            # The converter straightens curly quotes and replaces ${question} by the way to it.
            text = text.translate(STRAIGHT)
            pieces = [re.escape(piece) for piece in re.split(r"\$\{[^}]+\}", text)]
            if found is None or not re.fullmatch(r"\s*[\w./]+\s*".join(pieces), found):
                problems.add(element.where, f"kulkul:{name} is {found!r} in the XForm")
            count += 1
    return count


def main():
    arguments = argparse.ArgumentParser(prog="check-form")
    arguments.add_argument("prefix", nargs="?", type=pathlib.Path, default=BUILT_IN)
    arguments.add_argument("--xlsx", type=pathlib.Path, help="write the sheets as one workbook")
    arguments.add_argument("--xform", type=pathlib.Path, help="write the converted form")
    options = arguments.parse_args()

    sheets = {
        title: read_sheet(f"{options.prefix}_{title}.csv")
        for title in ("survey", "choices", "settings")
    }
    problems = Problems()
    header, rows = sheets["survey"]
    check_columns(header, problems)
    if problems.lines:
        sys.exit("\n".join(problems.lines))
    elements = read_elements(rows, problems)
    check_ids(elements, problems)
    check_names(elements, problems)
    check_rules(elements, problems)
    check_texts(elements, sheets["choices"][1], problems)
    check_expressions(elements, problems)

    settings = sheets["settings"][1][0][1]
    declared = re.search(r'kulkul="([^"]+)"', settings.get("namespaces", ""))
    if not declared:
        problems.add("settings", "namespaces does not declare kulkul")
    if problems.lines:
        sys.exit("\n".join(problems.lines))

    book = workbook(sheets)
    if options.xlsx:
        options.xlsx.write_bytes(book)
    java = shutil.which("java") is not None
    notes = []
    try:
        result = convert(book, warnings=notes, validate=java, form_name="data", pretty_print=True)
    except Exception as error:  # Whatever the converter says is the answer.
        sys.exit(f"pyxform refuses the form: {error}")
    for note in notes:
        print(f"pyxform: {note}")
    if options.xform:
        options.xform.write_text(result.xform, encoding="utf-8")
    count = check_xform(result.xform, elements, declared.group(1), problems)
    if problems.lines:
        sys.exit("\n".join(problems.lines))
    questions = sum(element.is_question for element in elements)
    print(
        f"{settings['form_id']} {settings['version']}: {questions} questions, "
        f"{len(elements) - questions} groups and repeats, {count} kulkul attributes present; "
        f"pyxform accepts it{', ODK Validate too' if java else ' (no Java: ODK Validate not run)'}"
    )


if __name__ == "__main__":
    main()
