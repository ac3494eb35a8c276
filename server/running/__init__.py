"""What is started by hand or by gunicorn: the command line, the server process and the demonstration clinic."""
