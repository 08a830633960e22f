package dev.dragoman.app.system;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Leaves the decoders their share of the processors when requests storm in: no more requests are worked on at a time than there are processors.
 * The web server has many threads, since each waits for its client's body, and a hundred that read and refuse requests would crowd out the
 * few that translate.
 *
 * <p>Who waits for a body is not counted meanwhile, and who brings an answer to its client goes first.
 */
final class ProcessorShareValve extends ValveBase {
    private final Semaphore places;
    private final long mostNanos;

    /** @param most how long a request waits for its turn, since one that is worked on may itself be kept waiting, by a client that takes nothing in */
    ProcessorShareValve(int processors, Duration most) {
        super(true);
        places = new Semaphore(processors);
        mostNanos = most.toNanos();
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        if (request.isAsyncDispatching()) {
            getNext().invoke(request, response);
            return;
        }
        org.apache.coyote.Request coyote = request.getCoyoteRequest();
        InputBuffer input = coyote.getInputBuffer();
        Place place = new Place();
        coyote.setInputBuffer(new ReleasingInput(input, place));
        place.take();
        try {
            getNext().invoke(request, response);
        } finally {
            place.release();
            coyote.setInputBuffer(input);
        }
    }

    /** Of one request; used by its thread. */
    private final class Place {
        private boolean taken;

        void take() {
            try {
                taken = places.tryAcquire() || places.tryAcquire(mostNanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }

        void release() {
            if (taken) {
                taken = false;
                places.release();
            }
        }
    }

    private record ReleasingInput(InputBuffer input, Place place) implements InputBuffer {
        @Override
        public int doRead(ApplicationBufferHandler handler) throws IOException {
            if (input.available() > 0) {
                return input.doRead(handler);
            }
            place.release();
            try {
                return input.doRead(handler);
            } finally {
                place.take();
            }
        }

        @Override
        public int available() {
            return input.available();
        }
    }
}
