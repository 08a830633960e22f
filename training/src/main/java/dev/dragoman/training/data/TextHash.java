package dev.dragoman.training.data;

import java.nio.charset.StandardCharsets;

/** 64-bit hashes of text, the same on every machine: files of them outlive the JVM. */
public final class TextHash {
    private TextHash() {}

    /** FNV-1a over UTF-8, then the finaliser of MurmurHash3, so that every bit depends on all of the text. */
    public static long of(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        hash = (hash ^ (hash >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return hash ^ (hash >>> 33);
    }
}
