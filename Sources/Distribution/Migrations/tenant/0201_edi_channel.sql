-- The name of a secret that nothing ever read. Credentials for deliveries come back with a vault to keep them in.
ALTER TABLE edi_channel DROP COLUMN secret_ref;
