package dev.dragoman.training.preparation;

import java.io.IOException;

/** A file cannot be fetched, or is not the one that the recipe means; the message names address and reason. */
public final class DownloadException extends IOException {
    private static final long serialVersionUID = 1L;

    DownloadException(String url, String problem) {
        super(url + ": " + problem);
    }

    DownloadException(String url, String problem, Throwable cause) {
        super(url + ": " + problem, cause);
    }
}
