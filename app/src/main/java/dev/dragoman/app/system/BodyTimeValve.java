package dev.dragoman.app.system;

import dev.dragoman.app.errors.ServiceException.RequestTimeout;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Gives up on a body that does not arrive in time, whatever its form and whoever reads it: Tomcat itself limits a client's silence only, so that
 * a few clients that send a byte now and then would hold all threads.
 *
 * <p>What nobody has read is read here once the answer is sent, by the same clock: Tomcat would do it without one.
 */
final class BodyTimeValve extends ValveBase {
    private final Duration limit;
    private final long mostUnread;

    /** @param mostUnread bytes of a body that are read though nobody wants them, lest the client see a broken connection instead of its answer */
    BodyTimeValve(Duration limit, long mostUnread) {
        super(true);
        this.limit = limit;
        this.mostUnread = mostUnread;
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        org.apache.coyote.Request coyote = request.getCoyoteRequest();
        InputBuffer input = coyote.getInputBuffer();
        coyote.setInputBuffer(new TimedInput(input, System.nanoTime() + limit.toNanos(), limit));
        try {
            getNext().invoke(request, response);
            if (!request.isAsync()) {
                request.finishRequest();
                response.finishResponse();
                readRest(coyote);
            }
        } finally {
            coyote.setInputBuffer(input);
        }
    }

    private void readRest(org.apache.coyote.Request coyote) {
        boolean isRefused = coyote.getResponse().getStatus() >= HttpServletResponse.SC_MULTIPLE_CHOICES;
        if (isRefused && coyote.hasExpectation() && coyote.getBytesRead() == 0) {
            // Never asked for, so it will hardly come: Tomcat closes such a connection at once.
            return;
        }
        Discarded discarded = new Discarded();
        try {
            long read = 0;
            for (int count = coyote.doRead(discarded); count >= 0; count = coyote.doRead(discarded)) {
                read += count;
                if (read > mostUnread) {
                    coyote.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
                    return;
                }
            }
        } catch (IOException | RequestTimeout brokenOrLate) {
            coyote.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
        }
    }

    /**
     * Ends with an exception at the first bytes that come too late; a client that sends none meets Tomcat's own limit. An unchecked one, which gets
     * through Tomcat's parsers to where errors are answered: after any other they hang up without a word.
     */
    private record TimedInput(InputBuffer input, long end, Duration limit) implements InputBuffer {
        @Override
        public int doRead(ApplicationBufferHandler handler) throws IOException {
            int count = input.doRead(handler);
            if (count > 0 && System.nanoTime() - end > 0) {
                throw new RequestTimeout(limit);
            }
            return count;
        }

        @Override
        public int available() {
            return input.available();
        }
    }

    private static final class Discarded implements ApplicationBufferHandler {
        private ByteBuffer buffer = ByteBuffer.allocate(0);

        @Override
        public void setByteBuffer(ByteBuffer read) {
            buffer = read;
        }

        @Override
        public ByteBuffer getByteBuffer() {
            return buffer;
        }

        @Override
        public void expand(int size) {
            // What is read is not kept.
        }
    }
}
