"""How it is shown as a workbook."""
