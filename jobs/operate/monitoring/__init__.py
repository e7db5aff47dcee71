"""What watches the nights: their timetable, what went stale, alerts when one fails or is late."""
