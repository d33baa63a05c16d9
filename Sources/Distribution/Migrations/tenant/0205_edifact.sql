-- Which language an agreement speaks: X12 version 004010, or the EDIFACT directory D.96A. A partner may change from one
-- to the other under the same addresses, so the version is part of what tells agreements apart.
ALTER TABLE edi_agreement
  DROP CONSTRAINT edi_agreement_version,
  DROP CONSTRAINT edi_agreement_envelope_key,
  ADD CONSTRAINT edi_agreement_version CHECK (version IN ('004010', 'D.96A')),
  ADD CONSTRAINT edi_agreement_envelope_key
    UNIQUE (tenant_id, our_qualifier, our_id, their_qualifier, their_id, usage, version);

-- ISA13 has nine characters, UNB 0020 up to fourteen.
ALTER TABLE edi_interchange
  DROP CONSTRAINT edi_interchange_control_form,
  ADD CONSTRAINT edi_interchange_control_form CHECK (control_no ~ '^[ -~]{1,14}$');
