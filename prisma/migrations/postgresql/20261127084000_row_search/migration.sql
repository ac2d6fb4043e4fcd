-- By hand: a search finds its rows by their trigrams. Whose server has no pg_trgm, or whose role may not create it, searches
-- without the index, row by row.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "Contact_search_idx" ON "Contact" USING gin ("searchText" gin_trgm_ops);
  CREATE INDEX "Product_search_idx" ON "Product" USING gin ("searchText" gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported OR invalid_schema_name THEN
  RAISE NOTICE 'No index for the search of synced rows: %', SQLERRM;
END $$;
