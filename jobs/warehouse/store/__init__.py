"""Tables, bulk loading, intervals, publishing, reading, retention."""
