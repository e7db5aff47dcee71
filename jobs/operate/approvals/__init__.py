"""What a person is asked to decide on Airflow's page: who is asked, and on what evidence."""
