package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.coyote.http11.Http11NioProtocol;
import org.junit.jupiter.api.Test;

class ConnectionRoomTest {
    private static final long GIGABYTE = 1 << 30;

    private final Http11NioProtocol protocol = new Http11NioProtocol();

    ConnectionRoomTest() {
        protocol.setMaxHttpHeaderSize(8 << 10);
        protocol.setMaxHttpRequestHeaderSize(64 << 10);
        protocol.setMaxHttpResponseHeaderSize(16 << 10);
    }

    @Test
    void connections_areThoseConfigured_whereTheHeapHasRoom() {
        protocol.setMaxConnections(2000);

        assertThat(ConnectionRoom.connections(protocol, GIGABYTE)).isEqualTo(2000);
    }

    /** 200 KB each in half of the heap. */
    @Test
    void connections_fitIntoHalfOfTheHeap() {
        protocol.setMaxConnections(8192);

        assertThat(ConnectionRoom.connections(protocol, GIGABYTE)).isEqualTo(2621);
        assertThat(ConnectionRoom.connections(protocol, GIGABYTE / 2)).isEqualTo(1310);
    }

    @Test
    void connections_withoutALimit_areLimitedByTheHeap() {
        protocol.setMaxConnections(-1);

        assertThat(ConnectionRoom.connections(protocol, GIGABYTE)).isEqualTo(2621);
    }

    @Test
    void connections_areFewer_whereHeadersMayBeLonger() {
        protocol.setMaxConnections(8192);
        protocol.setMaxHttpRequestHeaderSize(864 << 10);

        assertThat(ConnectionRoom.connections(protocol, GIGABYTE)).isEqualTo(524);
    }
}
