package dev.dragoman.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines as Linux writes them, cut behind the state. Port 8080 is 1F90, port 50000 is C350. */
class ConnectionWatchTest {
    private static final String OPEN = "   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000";
    private static final String OTHER = "   0: 0100007F:1F90 0100007F:C351 01 00000000:00000000 00:00000000";
    private static final String CLOSED = "   0: 0100007F:1F90 0100007F:C350 08 00000000:00000000 00:00000000";
    private static final String CLOSED_6 =
            "  12: 0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000100007F:C350 08 0:0 00:0 0 0";
    private static final String LISTENING = "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000";

    private final ConnectionWatch watch = new ConnectionWatch();
    private final List<String> gone = new ArrayList<>();

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void look_closedByTheClient_isToldOnce() {
        watch.watch(8080, 50000, () -> gone.add("one"));
        watch.watch(8080, 50001, () -> gone.add("other"));
        watch.look(table(OPEN, OTHER));
        assertThat(gone).isEmpty();
        watch.look(table(LISTENING, CLOSED, OTHER));
        watch.look(table(CLOSED, OTHER));
        assertThat(gone).containsExactly("one");
    }

    @Test
    void look_closedByTheClient_overTheOtherProtocol() {
        watch.watch(8080, 50000, () -> gone.add("one"));
        watch.look(table(CLOSED_6));
        assertThat(gone).containsExactly("one");
    }

    @Test
    void look_missingTwice_isGone() {
        watch.watch(8080, 50000, () -> {});
        watch.watch(8080, 50001, () -> gone.add("missing"));
        watch.look(table(OPEN));
        assertThat(gone).isEmpty();
        watch.look(table(OPEN));
        assertThat(gone).containsExactly("missing");
    }

    @Test
    void look_missingWhereNothingIsListed_saysNothing() {
        watch.watch(8080, 50000, () -> gone.add("one"));
        watch.look(table(LISTENING));
        watch.look(table());
        watch.look(table());
        assertThat(gone).isEmpty();
        watch.look(table(OPEN));
        watch.look(table());
        watch.look(table(OPEN));
        watch.look(table());
        assertThat(gone).isEmpty();
    }

    @Test
    void look_twoConnectionsOfTheSamePorts_theOpenOneCounts() {
        watch.watch(8080, 50000, () -> gone.add("one"));
        watch.look(table(CLOSED, OPEN));
        watch.look(table(OPEN, CLOSED));
        assertThat(gone).isEmpty();
    }

    @Test
    void look_afterTheAnswer() {
        watch.watch(8080, 50000, () -> gone.add("one")).run();
        watch.look(table(CLOSED));
        assertThat(gone).isEmpty();
    }

    private static ConnectionTable table(String... lines) {
        ConnectionTable table = new ConnectionTable();
        List.of(lines).forEach(table::add);
        return table;
    }
}
