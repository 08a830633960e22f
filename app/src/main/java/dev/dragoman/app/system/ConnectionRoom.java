package dev.dragoman.app.system;

import org.apache.coyote.http11.AbstractHttp11Protocol;

/**
 * How many connections the heap has room for. A request that waits for its translation keeps Tomcat's buffers, which are as large as the headers
 * that it accepts, and short texts by the thousand fit into the queue: without a bound they would end the server for want of memory.
 */
final class ConnectionRoom {
    /** Of the heap; the rest is for models, the cache and what requests bring. */
    private static final double SHARE = 0.5;

    /** What a waiting request keeps besides the buffers for headers, by histograms of a server with thousands of them. */
    private static final long REQUEST_BYTES = 120 << 10;

    private ConnectionRoom() {}

    /**
     * The number of connections.
     *
     * @param protocol as configured, {@code server.tomcat.max-connections} included
     * @param heapBytes the most that the heap can be
     * @return what is configured, or less
     */
    static int connections(AbstractHttp11Protocol<?> protocol, long heapBytes) {
        long each = REQUEST_BYTES + protocol.getMaxHttpRequestHeaderSize() + protocol.getMaxHttpResponseHeaderSize();
        long room = Math.max(1, (long) (heapBytes * SHARE / each));
        int configured = protocol.getMaxConnections();
        // Below 0 there is no limit.
        return (int) (configured < 0 ? Math.min(room, Integer.MAX_VALUE) : Math.min(room, configured));
    }
}
