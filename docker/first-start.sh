#!/bin/sh
# Starts the server of the current folder with the JVM options that are given, waits until it is ready, has it translate, and ends it.
# Run while the image is built: the engine unpacks its libraries, the JVM learns which classes are needed, and an image that cannot
# translate is not built.
set -eu
port=48080
/opt/java/bin/java -Dai.djl.offline=true -XX:-UsePerfData "$@" -jar dragoman.jar --server.port=$port --management.server.port=0 &
server=$!
until SERVER_PORT=$port /opt/java/bin/java -cp dragoman.jar dev.dragoman.app.HealthCheck 2> /dev/null; do
  kill -0 $server
  sleep 1
done
curl --fail --silent --show-error -H 'Content-Type: application/json' \
  -d '{"q":"Open the file. The package could not be installed.","source":"en","target":"fr"}' "http://127.0.0.1:$port/translate"
curl --fail --silent --show-error --output /dev/null "http://127.0.0.1:$port/languages"
kill -TERM $server
status=0
wait $server || status=$?
# Ended by SIGTERM.
[ $status -eq 143 ]
