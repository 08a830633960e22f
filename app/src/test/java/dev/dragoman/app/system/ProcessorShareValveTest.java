package dev.dragoman.app.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessorShareValveTest {
    private static final Duration FOR_EVER = Duration.ofMinutes(5);
    private static final int PROCESSORS = 2;
    private static final int REQUESTS = 20;

    private final ExecutorService threads = Executors.newFixedThreadPool(REQUESTS);
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final AtomicInteger inside = new AtomicInteger();

    @AfterEach
    void stop() throws InterruptedException {
        end.complete(null);
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    /** What a request does when its turn has come. */
    private interface Work {
        void run(Request request) throws IOException;
    }

    private ProcessorShareValve valve(Duration most, Work work) {
        ProcessorShareValve valve = new ProcessorShareValve(PROCESSORS, most);
        valve.setNext(new ValveBase() {
            @Override
            public void invoke(Request request, Response response) throws IOException {
                inside.incrementAndGet();
                try {
                    work.run(request);
                } finally {
                    inside.decrementAndGet();
                }
            }
        });
        return valve;
    }

    private List<CompletableFuture<Void>> requests(ProcessorShareValve valve, InputBuffer input) {
        List<CompletableFuture<Void>> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(CompletableFuture.runAsync(
                    () -> {
                        org.apache.coyote.Request coyote = new org.apache.coyote.Request();
                        coyote.setInputBuffer(input);
                        try {
                            valve.invoke(new Request(new Connector(), coyote), null);
                        } catch (Exception broken) {
                            throw new AssertionError(broken);
                        }
                        assertThat(coyote.getInputBuffer()).isSameAs(input);
                    },
                    threads));
        }
        return requests;
    }

    private static void await(Supplier<Integer> figure, int expected) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (figure.get() != expected && System.nanoTime() < until) {
            Thread.sleep(1);
        }
        assertThat(figure.get()).isEqualTo(expected);
    }

    @Test
    void manyAtATime_asManyAreWorkedOnAsThereAreProcessors() throws InterruptedException {
        AtomicInteger most = new AtomicInteger();
        ProcessorShareValve valve = valve(FOR_EVER, request -> {
            most.accumulateAndGet(inside.get(), Math::max);
            sleep(5);
        });
        requests(valve, new Body(1)).forEach(CompletableFuture::join);
        assertThat(most.get()).isEqualTo(PROCESSORS);
    }

    @Test
    void bodiesThatDoNotArrive_leaveTheirPlacesToOthers() throws InterruptedException {
        ProcessorShareValve valve = valve(
                FOR_EVER, request -> request.getCoyoteRequest().getInputBuffer().doRead(new Body(0)));
        List<CompletableFuture<Void>> waiting = requests(valve, new Body(0));
        await(inside::get, REQUESTS);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        end.complete(null);
        waiting.forEach(CompletableFuture::join);
    }

    @Test
    void placesThatNobodyLeaves_areWaitedForNoLongerThanToldTo() throws InterruptedException {
        requests(valve(Duration.ofMillis(50), request -> end.join()), new Body(1));
        await(inside::get, REQUESTS);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** A body of which nothing or all is there. */
    private final class Body implements InputBuffer, ApplicationBufferHandler {
        private final int available;

        Body(int available) {
            this.available = available;
        }

        @Override
        public int doRead(ApplicationBufferHandler handler) {
            if (available == 0) {
                end.join();
            }
            return available;
        }

        @Override
        public int available() {
            return available;
        }

        @Override
        public void setByteBuffer(ByteBuffer buffer) {
            throw new AssertionError();
        }

        @Override
        public ByteBuffer getByteBuffer() {
            throw new AssertionError();
        }

        @Override
        public void expand(int size) {
            throw new AssertionError();
        }
    }
}
