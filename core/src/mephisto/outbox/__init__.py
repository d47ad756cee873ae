"""What decisions ask providers to do, and how it is done: each exactly once, in its order, and never forgotten.

- `hooks`      which of it a provider does, and the call
- `sender`     one for a database: writes what shall be done, and does what is due
- `words`      what is not done, as people read it
- `sending`    doing what is due as long as something lasts
- `reviewing`  holding back what may still be taken back, and doing the rest meanwhile
"""
