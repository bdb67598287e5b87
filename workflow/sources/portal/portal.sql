CREATE TABLE usage_by_model (  -- what was used in whole months; cost by model is summed here
  year INTEGER NOT NULL,  -- of the month
  month INTEGER NOT NULL,  -- 1 to 12
  model TEXT NOT NULL,  -- models.id; '(others)': models of fewer than five people, together
  provider TEXT NOT NULL,  -- providers.name, or '(others)'
  capability TEXT NOT NULL,  -- chat, sql, embeddings, …, or '(others)'
  currency TEXT NOT NULL,  -- of cost: EUR, USD, …; empty without one
  calls INTEGER NOT NULL,  -- calls to a provider
  failed INTEGER NOT NULL,  -- calls of these that were not completed
  estimated INTEGER NOT NULL,  -- calls of these whose tokens are estimates
  unpriced INTEGER NOT NULL,  -- calls of these without a cost
  input_tokens INTEGER NOT NULL,  -- tokens read, those from a cache included
  cached_tokens INTEGER NOT NULL,  -- tokens of the input that were in the provider's cache
  output_tokens INTEGER NOT NULL,  -- tokens written, reasoning included
  reasoning_tokens INTEGER NOT NULL,  -- tokens of the output that were only thought
  images INTEGER NOT NULL,  -- images that were made
  cost REAL  -- what was spent, in currency; null without a price
);
CREATE TABLE usage_by_group (  -- the same for each group; someone in several groups counts in each
  year INTEGER NOT NULL,  -- of the month
  month INTEGER NOT NULL,  -- 1 to 12
  group_name TEXT NOT NULL,  -- '(none)': people without a group; '(others)': groups of fewer than five people
  model TEXT NOT NULL,  -- models.id; '(others)': models of fewer than five people, together
  provider TEXT NOT NULL,  -- providers.name, or '(others)'
  capability TEXT NOT NULL,  -- chat, sql, embeddings, …, or '(others)'
  currency TEXT NOT NULL,  -- of cost: EUR, USD, …; empty without one
  calls INTEGER NOT NULL,  -- calls to a provider
  failed INTEGER NOT NULL,  -- calls of these that were not completed
  estimated INTEGER NOT NULL,  -- calls of these whose tokens are estimates
  unpriced INTEGER NOT NULL,  -- calls of these without a cost
  input_tokens INTEGER NOT NULL,  -- tokens read, those from a cache included
  cached_tokens INTEGER NOT NULL,  -- tokens of the input that were in the provider's cache
  output_tokens INTEGER NOT NULL,  -- tokens written, reasoning included
  reasoning_tokens INTEGER NOT NULL,  -- tokens of the output that were only thought
  images INTEGER NOT NULL,  -- images that were made
  cost REAL  -- what was spent, in currency; null without a price
);
CREATE TABLE providers (  -- where models are, and their health when this copy was made
  name TEXT PRIMARY KEY,  -- as models.yaml has it
  api TEXT NOT NULL,  -- its wire format
  is_local INTEGER NOT NULL CHECK (is_local IN (0, 1)),  -- 1: it stays in the house
  status TEXT NOT NULL CHECK (status IN ('healthy', 'degraded', 'unreachable', 'auth_failed', 'unconfigured', 'unknown')),  -- its health
  checked TEXT,  -- when its health was examined, in UTC
  latency_ms INTEGER  -- how long that took
);
CREATE TABLE models (  -- the models that models.yaml lists
  id TEXT PRIMARY KEY,  -- provider:name
  provider TEXT NOT NULL REFERENCES providers (name),  -- where it is
  title TEXT NOT NULL,  -- what pages call it
  context_window INTEGER,  -- tokens that it can take
  is_restricted INTEGER NOT NULL CHECK (is_restricted IN (0, 1)),  -- 1: for some groups only
  is_deprecated INTEGER NOT NULL CHECK (is_deprecated IN (0, 1)),  -- 1: another should be used
  currency TEXT,  -- of its prices today; null without a price
  input_price REAL,  -- of a million tokens read
  cached_price REAL,  -- of a million tokens read from the provider's cache
  output_price REAL  -- of a million tokens written
);
CREATE TABLE model_capabilities (  -- what models can do
  model TEXT NOT NULL REFERENCES models (id),  -- the model
  capability TEXT NOT NULL,  -- chat, sql, embeddings, …
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),  -- 1: it answers where none is named
  PRIMARY KEY (model, capability)
);
CREATE TABLE sql_runs (  -- queries that people ran on data sources, in whole months
  year INTEGER NOT NULL,  -- of the month
  month INTEGER NOT NULL,  -- 1 to 12
  source TEXT NOT NULL,  -- the data source; '(others)': those of fewer than five people, together
  runs INTEGER NOT NULL,  -- queries
  failed INTEGER NOT NULL,  -- queries of these that failed or were stopped
  result_rows INTEGER NOT NULL,  -- rows that they returned
  milliseconds INTEGER NOT NULL  -- how long all of them took
);
