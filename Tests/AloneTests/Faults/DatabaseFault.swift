import BulkheadLifecycle

/// A change of the pooled tables, and the way back.
struct DatabaseFault: Sendable {
  let plant: String
  let uproot: String

  func plant(in house: House) async throws {
    try await house.administer(Installation.cellDatabase, plant)
  }

  func uproot(from house: House) async throws {
    try await house.administer(Installation.cellDatabase, uproot)
  }

  /// The guard's predicate is taken away by a seam; this takes row security from the one table.
  static let unprotectedParties = DatabaseFault(
    plant: "ALTER TABLE pooled.party DISABLE ROW LEVEL SECURITY",
    uproot: "ALTER TABLE pooled.party ENABLE ROW LEVEL SECURITY")

  /// All but the one SKU that every tenant has from the beginning.
  static let globalUniqueKey = DatabaseFault(
    plant: "CREATE UNIQUE INDEX planted ON pooled.product (sku) WHERE sku <> 'WIDGET-001'",
    uproot: "DROP INDEX pooled.planted")

  static let sharedSequence = DatabaseFault(
    plant: """
      CREATE SEQUENCE pooled.planted;
      CREATE FUNCTION pooled.planted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        NEW.next_value := nextval('pooled.planted') + 1;
        RETURN NEW;
      END $$;
      CREATE TRIGGER planted BEFORE INSERT OR UPDATE ON pooled.number_series
        FOR EACH ROW EXECUTE FUNCTION pooled.planted();
      """,
    uproot: "DROP FUNCTION pooled.planted() CASCADE; DROP SEQUENCE pooled.planted")

  static let globalCount = DatabaseFault(
    plant: """
      CREATE FUNCTION pooled.planted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF (SELECT count(*) FROM pooled.party) >= 12 THEN
          RAISE EXCEPTION 'too many' USING ERRCODE = '23505', CONSTRAINT = 'party_code_key';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER planted BEFORE INSERT ON pooled.party FOR EACH ROW EXECUTE FUNCTION pooled.planted();
      """,
    uproot: "DROP FUNCTION pooled.planted() CASCADE")

  /// PostgreSQL checks foreign keys past row security, so without the tenant in the key a foreign row will do.
  static let foreignKeysByID = DatabaseFault(
    plant: """
      CREATE TABLE kept.planted AS
        SELECT conrelid::regclass::text AS relation, conname::text AS name, pg_get_constraintdef(oid) AS definition
          FROM pg_constraint WHERE connamespace = 'pooled'::regnamespace
           AND conname IN ('product_category_fkey', 'lot_product_fkey', 'price_rule_product_fkey',
                           'trading_partner_party_fkey');
      CREATE UNIQUE INDEX planted_1 ON pooled.product_category (id);
      CREATE UNIQUE INDEX planted_2 ON pooled.product (id);
      CREATE UNIQUE INDEX planted_3 ON pooled.party (id);
      ALTER TABLE pooled.product DROP CONSTRAINT product_category_fkey, ADD CONSTRAINT product_category_fkey
        FOREIGN KEY (category_id) REFERENCES pooled.product_category (id) NOT VALID;
      ALTER TABLE pooled.lot DROP CONSTRAINT lot_product_fkey, ADD CONSTRAINT lot_product_fkey
        FOREIGN KEY (product_id) REFERENCES pooled.product (id) NOT VALID;
      ALTER TABLE pooled.price_rule DROP CONSTRAINT price_rule_product_fkey, ADD CONSTRAINT price_rule_product_fkey
        FOREIGN KEY (product_id) REFERENCES pooled.product (id) NOT VALID;
      ALTER TABLE pooled.trading_partner DROP CONSTRAINT trading_partner_party_fkey,
        ADD CONSTRAINT trading_partner_party_fkey
        FOREIGN KEY (party_id) REFERENCES pooled.party (id) NOT VALID;
      """,
    uproot: """
      DO $$
      DECLARE key record;
      BEGIN
        FOR key IN SELECT * FROM kept.planted LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', key.relation, key.name);
        END LOOP;
        DROP INDEX pooled.planted_1, pooled.planted_2, pooled.planted_3;
        FOR key IN SELECT * FROM kept.planted LOOP
          EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', key.relation, key.name, key.definition);
        END LOOP;
        DROP TABLE kept.planted;
      END $$
      """)

  /// The binding outlives its transaction, and who finds one there does not bind again.
  static let stickyBind = DatabaseFault(
    plant: """
      CREATE TABLE kept.planted AS SELECT pg_get_functiondef('bulkhead.bind(text)'::regprocedure) AS definition;
      CREATE OR REPLACE FUNCTION bulkhead.bind(token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        IF current_setting('backtrace_functions') = '' THEN
          PERFORM set_config('backtrace_functions', 't' || split_part(token, '.', 2), false);
        END IF;
      END $$;
      """,
    uproot: """
      DO $$
      BEGIN
        EXECUTE (SELECT definition FROM kept.planted);
        DROP TABLE kept.planted;
      END $$
      """)
}
