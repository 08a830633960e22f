package dev.dragoman.app.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils requests byte by byte: what comes out may be HTTP or not. */
final class ByteMutator {
    private static final List<String> INSERTIONS = List.of(
            "\r\n",
            "\n",
            "\r\n\r\n",
            "\0",
            " ",
            "\t",
            ":",
            "%",
            "\u00ff",
            "\r\nContent-Length: 5\r\n",
            "\r\nContent-Length: -1\r\n",
            "\r\nContent-Length: 99999999999999999999\r\n",
            "\r\nTransfer-Encoding: chunked\r\n",
            "\r\nTransfer-Encoding: gzip, chunked\r\n",
            "\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
            "\r\nHost: a\r\nHost: b\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "\r\nfffffffffffffff0\r\n",
            "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");

    private final Random random;

    ByteMutator(Random random) {
        this.random = random;
    }

    /** A spoilt copy; always one that its client ends by closing its sending side. */
    FuzzedRequest mutate(FuzzedRequest request) {
        byte[] bytes = request.bytes();
        for (int times = 1 + random.nextInt(5); times > 0 && bytes.length > 0; times--) {
            bytes = once(bytes);
        }
        return new FuzzedRequest(bytes, false);
    }

    /** The head is where most of a server's decisions are made. */
    private int place(byte[] bytes) {
        return random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 200) : bytes.length);
    }

    private byte[] once(byte[] bytes) {
        int at = place(bytes);
        int end = Math.min(bytes.length, at + 1 + random.nextInt(20));
        return switch (random.nextInt(6)) {
            case 0 -> {
                byte[] changed = bytes.clone();
                changed[at] = (byte) random.nextInt(256);
                yield changed;
            }
            case 1 -> spliced(bytes, at, new byte[0], end);
            case 2 -> spliced(bytes, end, Arrays.copyOfRange(bytes, at, end), end);
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> {
                byte[] noise = new byte[1 + random.nextInt(12)];
                random.nextBytes(noise);
                yield spliced(bytes, at, noise, at);
            }
            default ->
                spliced(
                        bytes,
                        at,
                        INSERTIONS.get(random.nextInt(INSERTIONS.size())).getBytes(StandardCharsets.ISO_8859_1),
                        at);
        };
    }

    private static byte[] spliced(byte[] bytes, int at, byte[] between, int from) {
        byte[] spliced = Arrays.copyOf(bytes, at + between.length + bytes.length - from);
        System.arraycopy(between, 0, spliced, at, between.length);
        System.arraycopy(bytes, from, spliced, at + between.length, bytes.length - from);
        return spliced;
    }
}
