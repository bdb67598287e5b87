"""
The other APIs that programs speak, each a door to the same models: paths, requests and answers.

Between them is one conversation, OpenAI's chat. A door reads its own request into that, and
writes its own answer and events from it. `door` has what a door is, `serve` how it answers.
"""
