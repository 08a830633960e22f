package dev.dragoman.app.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/** The TCP connections of this machine, or container, as Linux lists them; {@code proc(5)} has the format. */
final class ConnectionTable {
    /** What is known of a connection. */
    enum State {
        OPEN,
        /** The other end has closed its side, so that it will hardly read an answer. */
        CLOSED_BY_PEER,
        UNKNOWN
    }

    private static final List<Path> FILES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    private static final int ESTABLISHED = 1;
    private static final int CLOSE_WAIT = 8;
    private static final int HEXADECIMAL = 16;
    /** Number, local and remote address, state; what follows is not read. */
    private static final int LOCAL = 1;

    private static final int REMOTE = 2;
    private static final int STATE = 3;

    private final Map<Long, State> states = new HashMap<>();

    /** Whether there is such a table at all. */
    static boolean isSupported() {
        return Files.isReadable(FILES.get(0));
    }

    /** The connections now. */
    static ConnectionTable read() throws IOException {
        ConnectionTable table = new ConnectionTable();
        for (Path file : FILES) {
            if (Files.isReadable(file)) {
                try (BufferedReader lines = Files.newBufferedReader(file)) {
                    lines.readLine();
                    lines.lines().forEach(table::add);
                }
            }
        }
        return table;
    }

    /** A line such as {@code 0: 0100007F:1F90 0100007F:D2A4 01 ...}: number, local and remote address, state. */
    void add(String line) {
        // Without regular expressions: there may be tens of thousands of lines, several times a second.
        StringTokenizer words = new StringTokenizer(line, " ");
        String[] fields = new String[STATE + 1];
        for (int i = 0; i < fields.length; i++) {
            if (!words.hasMoreTokens()) {
                return;
            }
            fields[i] = words.nextToken();
        }
        int state = Integer.parseInt(fields[STATE], HEXADECIMAL);
        if (state != ESTABLISHED && state != CLOSE_WAIT) {
            return;
        }
        // Two connections from different addresses may have the same ports: then one that is open hides the other, and
        // no request is
        // given up that somebody waits for.
        states.merge(
                key(port(fields[LOCAL]), port(fields[REMOTE])),
                state == ESTABLISHED ? State.OPEN : State.CLOSED_BY_PEER,
                (one, other) -> one == State.OPEN ? one : other);
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), HEXADECIMAL);
    }

    private static long key(int localPort, int remotePort) {
        return (long) localPort << HEXADECIMAL | remotePort;
    }

    State state(int localPort, int remotePort) {
        return states.getOrDefault(key(localPort, remotePort), State.UNKNOWN);
    }
}
