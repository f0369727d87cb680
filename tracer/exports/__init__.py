"""For the systems of others: a class's grades as each reads them, and autograders that they run."""
