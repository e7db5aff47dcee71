"""Files as a register delivers them: a folder of CSV or Parquet, read strictly."""
