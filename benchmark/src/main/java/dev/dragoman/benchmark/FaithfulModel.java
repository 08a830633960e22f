package dev.dragoman.benchmark;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.FaithfulTranslator;
import dev.dragoman.inference.faithful.Ladder;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** A model in one direction, with a beam of 4: alone, and under a ladder, without queue and cache. */
record FaithfulModel(Translator translator, LanguagePair pair) {
    List<Translation> translate(List<String> sentences) {
        return translator.translate(sentences, pair, TranslationOptions.BEAM_4);
    }

    List<FaithfulTranslation> translate(List<SlottedText> sentences, Ladder ladder) {
        FaithfulTranslator faithful =
                new FaithfulTranslator(translator::countTokens, translator.maximumSourceTokens(), ladder);
        Map<SlottedText, Integer> units = new LinkedHashMap<>();
        sentences.forEach(sentence -> units.put(sentence, faithful.countTokens(sentence)));
        Map<SlottedText, FaithfulTranslation> translations = faithful.translate(
                        units, TranslationOptions.BEAM_4, this::answer)
                .join();
        return sentences.stream()
                .map(translations::get)
                .map(Objects::requireNonNull)
                .toList();
    }

    private CompletableFuture<Map<String, Translation>> answer(
            Map<String, Integer> sentences, TranslationOptions options) {
        List<String> texts = List.copyOf(sentences.keySet());
        List<Translation> translations = translator.translate(texts, pair, options);
        Map<String, Translation> answers = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i++) {
            answers.put(texts.get(i), translations.get(i));
        }
        return CompletableFuture.completedFuture(answers);
    }

    /** A text as if the model had made it. */
    Translation.Hypothesis hypothesis(String text) {
        return new Translation.Hypothesis(text, 0, translator.countTokens(text) + 1, false);
    }
}
