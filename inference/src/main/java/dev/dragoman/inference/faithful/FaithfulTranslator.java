package dev.dragoman.inference.faithful;

import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.faithful.FaithfulTranslation.Hypothesis;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Translates sentences so that their slots arrive, whatever the model does.
 *
 * <p>A sentence goes down a {@link Ladder} of ways until one is sound: all slots there, nothing missing of what is required, and no {@link Degeneration}. What has slots arrives at
 * the last rung at the latest, which leaves the text as it is where the model does not keep to it. A sentence that is degenerate on all rungs keeps the first
 * such translation, and is marked.
 *
 * <p>Sentences of one call go down together, so that what is tried again is one more batch. A sentence that is sound at once, as most are, costs one look at its
 * text.
 *
 * <p>Safe for use by many threads.
 */
public final class FaithfulTranslator {
    /** Translates sentences as they are: a model, with or without a cache and a queue before it. */
    @FunctionalInterface
    public interface Model {
        /**
         * Translates.
         *
         * @param sentences with their numbers of tokens
         * @return completes with a translation for each
         */
        CompletableFuture<Map<String, Translation>> translate(
                Map<String, Integer> sentences, TranslationOptions options);
    }

    private final ToIntFunction<String> counter;
    private final int maximumTokens;
    private final Ladder ladder;

    /**
     * A translator over one model.
     *
     * @param counter number of source tokens of a text
     * @param maximumTokens the longest sentence that the model takes
     */
    public FaithfulTranslator(ToIntFunction<String> counter, int maximumTokens, Ladder ladder) {
        this.counter = counter;
        this.maximumTokens = maximumTokens;
        this.ladder = ladder;
    }

    /** Number of tokens of a sentence in the first way in which it is short enough for the model; if there is none, in the first way. */
    public int countTokens(SlottedText sentence) {
        int first = counter.applyAsInt(ladder.first().rendering().render(sentence));
        for (Rung rung : sentence.slots().isEmpty() ? List.<Rung>of() : ladder.rungs()) {
            int tokens = counter.applyAsInt(rung.rendering().render(sentence));
            if (rung.cut() == Rung.Cut.NOWHERE && tokens <= maximumTokens) {
                return tokens;
            }
        }
        return first;
    }

    /**
     * Translates each of some sentences.
     *
     * @param sentences with their {@link #countTokens}, none above the model's maximum
     * @return completes with the translation of every sentence, or as {@code model} fails. Where it fails only when a degenerate translation is
     *     tried again, that translation is kept
     * @throws RuntimeException as {@code model} throws it when it is first asked
     */
    public CompletableFuture<Map<SlottedText, FaithfulTranslation>> translate(
            Map<SlottedText, Integer> sentences, TranslationOptions options, Model model) {
        return translate(sentences, options, sentence -> TranslationConstraints.NONE, model);
    }

    /**
     * Translates each of some sentences under constraints of its own. Where a sentence is translated in parts, each part is under its own;
     * one with a prefix is translated as a whole only.
     *
     * @param constraints of a sentence or a part of it
     */
    public CompletableFuture<Map<SlottedText, FaithfulTranslation>> translate(
            Map<SlottedText, Integer> sentences,
            TranslationOptions options,
            Function<SlottedText, TranslationConstraints> constraints,
            Model model) {
        List<Attempt> tagged = new ArrayList<>();
        List<Attempt> untagged = new ArrayList<>();
        sentences.keySet().forEach(sentence -> (sentence.hasTags() ? tagged : untagged).add(new Attempt(sentence)));
        // Alignments are another option, and with it another translation to a cache: only what has tags asks for them.
        Request request = new Request(options, constraints, model);
        CompletableFuture<Void> withoutTags = next(untagged, 0, request);
        CompletableFuture<Void> withTags = next(tagged, 0, new Request(options.withAlignments(), constraints, model));
        return CompletableFuture.allOf(withoutTags, withTags).thenApply(done -> {
            Map<SlottedText, FaithfulTranslation> translations = new LinkedHashMap<>();
            untagged.forEach(attempt -> translations.put(attempt.source, attempt.translation()));
            tagged.forEach(attempt -> translations.put(attempt.source, attempt.translation()));
            return translations;
        });
    }

    /**
     * What all sentences of a call have in common.
     *
     * @param constraints of a sentence or a part of it
     */
    private record Request(
            TranslationOptions options, Function<SlottedText, TranslationConstraints> constraints, Model model) {
        TranslationOptions options(Rung rung, SlottedText part) {
            TranslationConstraints own = constraints.apply(part);
            TranslationOptions common = rung.options(options);
            return own.isEmpty() ? common : common.withConstraints(own);
        }
    }

    private CompletableFuture<Void> descend(
            List<Attempt> open, int number, Map<TranslationOptions, Map<String, Integer>> questions, Request request) {
        Rung rung = ladder.rungs().get(number);
        return asked(request.model(), questions, number)
                .handle((translations, fault) -> {
                    if (fault == null) {
                        open.forEach(attempt -> attempt.judge(rung, translations));
                    } else if (number == 0 || open.stream().anyMatch(attempt -> attempt.kept == null)) {
                        return CompletableFuture.<Void>failedFuture(fault);
                    } else {
                        open.forEach(attempt -> attempt.ended = true);
                    }
                    return next(open.stream().filter(attempt -> !attempt.ended).toList(), number + 1, request);
                })
                .thenCompose(next -> next);
    }

    /** A refusal of the first request is the caller's to hear at once. */
    private static CompletableFuture<Map<String, Translation>> asked(
            Model model, Map<TranslationOptions, Map<String, Integer>> questions, int number) {
        if (number == 0) {
            return asked(model, questions);
        }
        try {
            return asked(model, questions);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private static CompletableFuture<Map<String, Translation>> asked(
            Model model, Map<TranslationOptions, Map<String, Integer>> questions) {
        List<CompletableFuture<Map<String, Translation>>> answers = new ArrayList<>();
        questions.forEach((options, sentences) -> answers.add(model.translate(sentences, options)));
        if (answers.size() == 1) {
            return answers.get(0);
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<String, Translation> all = new LinkedHashMap<>();
                    answers.forEach(answer -> all.putAll(answer.join()));
                    return all;
                });
    }

    private CompletableFuture<Void> next(List<Attempt> open, int from, Request request) {
        for (int number = from; number < ladder.rungs().size() && !open.isEmpty(); number++) {
            Rung rung = ladder.rungs().get(number);
            Map<TranslationOptions, Map<String, Integer>> questions = new LinkedHashMap<>();
            List<Attempt> trying = new ArrayList<>();
            List<Attempt> waiting = new ArrayList<>();
            for (Attempt attempt : open) {
                boolean suits = ladder.isNew(number, attempt.source) && collect(rung, attempt, request, questions);
                (suits ? trying : waiting).add(attempt);
            }
            if (!trying.isEmpty()) {
                int next = number;
                // What this rung does not suit goes on beside it.
                return CompletableFuture.allOf(
                        descend(trying, next, questions, request), next(waiting, next + 1, request));
            }
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Adds what a rung has to ask the model; false if it does not suit the sentence. */
    private boolean collect(
            Rung rung, Attempt attempt, Request request, Map<TranslationOptions, Map<String, Integer>> questions) {
        List<SlottedText> parts = rung.parts(attempt.source);
        if (parts == null || (rung.cut() != Rung.Cut.NOWHERE && hasPrefix(request, attempt.source))) {
            return false;
        }
        Map<SlottedText, Map.Entry<String, Integer>> wanted = new LinkedHashMap<>();
        for (SlottedText part : parts) {
            if (rung.asksFor(part)) {
                String sentence = rung.rendering().render(part);
                int tokens = counter.applyAsInt(sentence);
                if (tokens > maximumTokens) {
                    return false;
                }
                wanted.put(part, Map.entry(sentence, tokens));
            }
        }
        wanted.forEach((part, sentence) -> questions
                .computeIfAbsent(request.options(rung, part), added -> new LinkedHashMap<>())
                .put(sentence.getKey(), sentence.getValue()));
        return true;
    }

    private static boolean hasPrefix(Request request, SlottedText sentence) {
        return !request.constraints().apply(sentence).prefix().isEmpty();
    }

    /** One sentence on its way down. */
    private static final class Attempt {
        private final SlottedText source;
        private int tried;
        private boolean ended;
        private List<Hypothesis> sound = List.of();
        /** Has all slots, but is degenerate. */
        private @Nullable Hypothesis kept;

        Attempt(SlottedText source) {
            this.source = source;
        }

        void judge(Rung rung, Map<String, Translation> translations) {
            tried++;
            Rung.Outcome outcome = rung.judge(source, translations);
            sound = outcome.sound();
            ended = !sound.isEmpty();
            kept = kept == null ? outcome.kept() : kept;
        }

        FaithfulTranslation translation() {
            if (!sound.isEmpty()) {
                return new FaithfulTranslation(sound, false, tried);
            }
            // The source has what the source has.
            Hypothesis last = kept == null ? new Hypothesis(source, Double.NEGATIVE_INFINITY) : kept;
            return new FaithfulTranslation(List.of(last), true, tried);
        }
    }
}
