"""AWS CodeBuild that really builds: on this machine, in a clean directory, as the project's role."""
