"""The review page, as an application that Airflow's own server shows."""
