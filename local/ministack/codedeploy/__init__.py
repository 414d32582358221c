"""AWS CodeDeploy that really deploys: an instance is a directory, a hook is a process, a Lambda function is the emulator's."""
