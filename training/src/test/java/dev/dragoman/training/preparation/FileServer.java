package dev.dragoman.training.preparation;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of files on this machine that can be told to fail. */
public final class FileServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Queue<Answer> failures = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile boolean ranges = true;

    /** What the server does in place of answering well. */
    public interface Answer {
        void to(HttpExchange exchange, byte[] content, int from) throws IOException;
    }

    public FileServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(executor);
        server.start();
    }

    /** The address of a path that begins with a slash. */
    public String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    public FileServer put(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    /** What is at a path. */
    byte[] content(String path) {
        return files.get(path);
    }

    /** Whether it sends parts of files. */
    public void ranges(boolean sends) {
        ranges = sends;
    }

    /** The next requests are answered so, one each. */
    public void fail(Answer... answers) {
        failures.addAll(new ArrayDeque<>(List.of(answers)));
    }

    /** Path and asked-for range, or {@code all}, of every request. */
    public List<String> requests() {
        return requests;
    }

    /** A status without a body. */
    public static Answer status(int status) {
        return (exchange, content, from) -> exchange.sendResponseHeaders(status, -1);
    }

    /** Promises all, sends so many bytes, and breaks the connection. */
    public static Answer breakAfter(int bytes) {
        return (exchange, content, from) -> {
            promise(exchange, content, from);
            exchange.getResponseBody().write(content, from, bytes);
            exchange.getResponseBody().flush();
        };
    }

    /** Promises all, sends so many bytes, and falls silent. */
    public static Answer silentAfter(int bytes) {
        return (exchange, content, from) -> {
            breakAfter(bytes).to(exchange, content, from);
            try {
                Thread.sleep(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(path + " " + (range == null ? "all" : range));
        byte[] content = files.get(path);
        try (exchange) {
            if (content == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            int from = ranges && range != null ? Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1")) : 0;
            Answer failure = failures.poll();
            if (failure != null) {
                failure.to(exchange, content, from);
            } else if (from >= content.length) {
                exchange.sendResponseHeaders(416, -1);
            } else {
                promise(exchange, content, from);
                exchange.getResponseBody().write(content, from, content.length - from);
            }
        }
    }

    private static void promise(HttpExchange exchange, byte[] content, int from) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
