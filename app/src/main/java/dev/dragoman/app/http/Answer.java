package dev.dragoman.app.http;

import java.util.concurrent.CompletableFuture;

/**
 * What a controller returns for an answer in JSON that may take a while: {@link AnswerHandler} sends it when it is there. JSON whatever the
 * caller says it accepts: some clients ask for HTML and read JSON.
 *
 * @param body completes with what is written, or as the request fails
 */
public record Answer<T>(CompletableFuture<T> body) {}
