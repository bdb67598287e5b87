CREATE TABLE usage_by_person (  -- what each person used on each day
  day DATE NOT NULL,  -- in the portal's time zone
  person TEXT NOT NULL,  -- the username; '(no one)': accounts that are gone, and the portal itself
  groups TEXT NOT NULL,  -- the person's groups then, separated by ', '
  model TEXT NOT NULL,  -- models.id
  provider TEXT NOT NULL,  -- providers.name
  capability TEXT NOT NULL,  -- chat, sql, embeddings, …
  outcome TEXT NOT NULL,  -- ok, failed, stopped, left or lost
  error TEXT NOT NULL,  -- the code of the error; empty without one
  currency TEXT NOT NULL,  -- of cost: EUR, USD, …; empty without one
  calls INTEGER NOT NULL,  -- calls to a provider
  estimated INTEGER NOT NULL,  -- calls of these whose tokens are estimates
  unpriced INTEGER NOT NULL,  -- calls of these without a cost
  input_tokens INTEGER NOT NULL,  -- tokens read, those from a cache included
  cached_tokens INTEGER NOT NULL,  -- tokens of the input that were in the provider's cache
  output_tokens INTEGER NOT NULL,  -- tokens written, reasoning included
  reasoning_tokens INTEGER NOT NULL,  -- tokens of the output that were only thought
  images INTEGER NOT NULL,  -- images that were made
  cost REAL  -- what was spent, in currency; null without a price
);
