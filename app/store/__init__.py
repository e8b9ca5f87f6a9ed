"""Tables and questions: all that reads the database, and the one door that moves credits."""
