"""A workbook as its XML says, for tests that look into one."""

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


class Book:
    """A workbook as its XML says."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        self.parts = self.zip.namelist()
        shared = ET.fromstring(self.zip.read("xl/sharedStrings.xml"))
        self.texts = ["".join(t.itertext()) for t in shared.findall("m:si", NAMES)]
        book = ET.fromstring(self.zip.read("xl/workbook.xml"))
        self.sheets = [str(s.get("name")) for s in book.iterfind("m:sheets/m:sheet", NAMES)]

    def xml(self, sheet: str) -> ET.Element:
        """The sheet's own part."""
        return ET.fromstring(
            self.zip.read(f"xl/worksheets/sheet{self.sheets.index(sheet) + 1}.xml")
        )

    def cells(self, sheet: str) -> dict[str, str]:
        """What stands in each filled cell, by reference: ``B4``."""
        found = {}
        for cell in self.xml(sheet).iterfind(".//m:c", NAMES):
            value = cell.findtext("m:v", namespaces=NAMES)
            if value is not None:
                is_text = cell.get("t") == "s"
                found[str(cell.get("r"))] = self.texts[int(value)] if is_text else value
        return found

    def column(self, sheet: str, letter: str) -> list[str]:
        """What stands in a column of the table, from the first row below its headings."""
        cells = self.cells(sheet)
        rows = sorted(
            int(ref[len(letter) :]) for ref in cells if re.fullmatch(letter + r"\d+", ref)
        )
        return [cells[f"{letter}{row}"] for row in rows if row > 3]
