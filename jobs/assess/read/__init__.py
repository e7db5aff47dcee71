"""What the records say: sentences, custody, identity, cases, nationality, release dates."""
