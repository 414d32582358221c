"""AWS CodeCommit, answered from bare git repositories."""
