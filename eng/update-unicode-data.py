#!/usr/bin/env python3
"""Writes the canonical decompositions and combining classes of Python's Unicode data for KdRl.Transformers."""
import pathlib
import sys
import unicodedata as u

lines = [f"# Unicode {u.unidata_version}. D: character, its canonical decomposition, x when it is never composed again. C: combining class, first, last."]
for c in range(sys.maxunicode + 1):
    parts = u.decomposition(chr(c)).split()
    if not parts or parts[0].startswith("<"):
        continue
    excluded = u.normalize("NFC", chr(c)) != chr(c)
    lines.append(f"D {c:X} {' '.join(p.lstrip('0') for p in parts)}{' x' if excluded else ''}")
start = 0
for c in range(1, sys.maxunicode + 2):
    last = u.combining(chr(c - 1))
    if c > sys.maxunicode or u.combining(chr(c)) != last:
        if last:
            lines.append(f"C {last} {start:X} {c - 1:X}")
        start = c
target = pathlib.Path(__file__).parent.parent / "src/KdRl.Transformers/Tokenizers/Unicode/canonical.txt"
target.write_text("\n".join(lines) + "\n")
