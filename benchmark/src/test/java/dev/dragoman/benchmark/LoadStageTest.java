package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The clients, against the bare server. */
class LoadStageTest {
    private static final byte[] REQUEST = LoadRequests.translate("The \"same\".", "fr", "X-Request-Timeout: 5");

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Channel server;
    private LoadClient client;

    @BeforeEach
    void start() throws InterruptedException {
        server = NettyEcho.serve(group, false);
        client = new LoadClient(NettyEcho.port(server), 50);
    }

    @AfterEach
    void stop() {
        client.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void open_sendsAtItsRateWhateverComesBack() {
        AtomicInteger requests = new AtomicInteger();
        Supplier<byte[]> counted = () -> {
            requests.incrementAndGet();
            return REQUEST;
        };
        LoadStage stage = new LoadStage(2.5, 0.5).open(client, 400, counted, new Random(1));
        // Of a Poisson process of 1,000, five standard deviations.
        assertThat(requests.get()).isBetween(840, 1160);
        assertThat(stage.sent()).isBetween(600L, 1000L);
        assertThat(stage.statuses()).containsOnlyKeys(200).containsEntry(200, stage.sent());
        assertThat(stage.share(60)).isEqualTo(1);
        assertThat(stage.words()).isEqualTo(2);
        assertThat(stage.goodput(60)).isCloseTo(stage.sent() / 2.0, within(1e-9));
        assertThat(stage.percentile(0.5)).isPositive().isLessThanOrEqualTo(stage.percentile(0.99));
        assertThat(stage.share(0)).isZero();
    }

    @Test
    void closed_moreClientsThanConnections_eachAnswerCountsAsWhatItIs() {
        try (LoadClient few = new LoadClient(NettyEcho.port(server), 2)) {
            LoadStage stage = new LoadStage(0.5, 0).closed(few, 20, () -> REQUEST);
            assertThat(stage.statuses()).containsOnlyKeys(200).containsEntry(200, stage.sent());
        }
    }

    @Test
    void closed_hasAsManyRequestsOpenAsClients() {
        LoadStage stage = new LoadStage(0.5, 0).closed(client, 3, () -> REQUEST);
        assertThat(stage.sent()).isGreaterThan(10);
        assertThat(stage.statuses()).containsOnlyKeys(200);
        assertThat(stage.throughput()).isPositive();
    }

    @Test
    void send_toNobody() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        try (LoadClient lost = new LoadClient(free, 1)) {
            CompletableFuture<Integer> status = new CompletableFuture<>();
            lost.send(REQUEST, (answer, retryAfter, now) -> status.complete(answer));
            assertThat(status.join()).isEqualTo(LoadClient.NOT_CONNECTED);
        }
    }

    /** Half a request has no answer. */
    @Test
    void sendAndKill_breaksTheConnection() {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        client.sendAndKill(
                java.util.Arrays.copyOf(REQUEST, REQUEST.length - 1),
                50,
                (answer, retryAfter, now) -> status.complete(answer));
        assertThat(status.join()).isEqualTo(LoadClient.BROKEN);
        CompletableFuture<Integer> next = new CompletableFuture<>();
        client.send(REQUEST, (answer, retryAfter, now) -> next.complete(answer));
        assertThat(next.join()).isEqualTo(200);
    }

    @Test
    void sentences_composedAreManyAndDifferent() {
        LoadSentences sentences = LoadSentences.of(null);
        assertThat(sentences.all()).hasSizeGreaterThan(30_000).doesNotHaveDuplicates();
        assertThat(sentences.next()).isNotEqualTo(sentences.next()).doesNotContain("%");
    }
}
