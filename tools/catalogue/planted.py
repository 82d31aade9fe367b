#!/usr/bin/env python3
"""Plants an empty cell of each column into the catalogue's rows: each must stop the table (facts.Blank).

Usage: planted.py ROWS.json
"""
import sys

import catalogue
import facts
import pages


def plant(column, row):
    if column == "operation":
        row.name = ""
    elif column == "dtypes":
        row.types, row.record["dtypes"] = "of a kind nobody knows", ""
    elif column == "meaning":
        row.record["source"] = " "
    elif column in ("forward", "reverse"):
        row.kind, row.record["partials"], row.record["adjoints"] = "Pointwise", [], []
    else:
        row.kind = "Unheard"


def main():
    failed = 0
    for column in facts.COLUMNS:
        rows = catalogue.read(sys.argv[1])
        facts.table(rows, pages.SOURCES)  # whole before
        plant(column, next(row for row in rows if row.name == "tanh"))
        try:
            facts.table(rows, pages.SOURCES)
            failed += 1
            print(f"an empty cell of `{column}` went unseen")
        except facts.Blank as blank:
            print(f"seen: {blank}")
    print(f"{len(facts.COLUMNS) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
