package dev.dragoman.app.translation;

import dev.dragoman.app.detection.Detection;
import dev.dragoman.app.detection.LanguageDetection;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.models.Language;
import dev.dragoman.app.models.ServedDirection;
import dev.dragoman.app.models.ServedModels;
import dev.dragoman.inference.LanguagePair;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the model for each text.
 *
 * <p>Where the caller does not name the source it is detected, for each text alone. Of the languages that the target can be reached
 * from, the target itself among them, the likeliest is taken if it is at least half as likely as the likeliest of all: short texts look
 * alike in many languages. A text whose language cannot be told at all stays as it is. So does one of a list whose language no model serves, as long as
 * another of the list has one that is served: a guess that is wrong, or a line in a third language, does not cost a caller all the others.
 */
public final class TextRouter {
    private final LanguageDetection detection;

    TextRouter(LanguageDetection detection) {
        this.detection = detection;
    }

    /**
     * Routes all texts of a request, and cleans them.
     *
     * @param field name of the field that holds them
     * @param isList whether the caller sent a list
     * @param source null: to be detected
     * @throws InvalidRequest if no model serves the direction that the caller named, or that of any text whose language could be told; the message names both
     *     languages
     */
    public List<ValidText> route(
            List<String> texts,
            String field,
            boolean isList,
            @Nullable Language source,
            Language target,
            TextForm form,
            ServedModels served) {
        List<ValidText> routed = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            String text = CleanText.of(texts.get(i));
            String name = TextLimits.nameOf(field, isList, i);
            routed.add(
                    source == null
                            ? detected(text, name, target, form, served)
                            : new ValidText(
                                    text, name, pair(source, target), requireModel(source, target, served), null));
        }
        requireOneServed(routed, target);
        return routed;
    }

    /** Texts that could not be told do not count: for them nothing can be done in any case. */
    private static void requireOneServed(List<ValidText> routed, Language target) {
        ValidText firstNotServed = null;
        for (ValidText text : routed) {
            Detection detection = text.detection();
            if (detection == null || (!text.isNotServed() && !detection.isUnknown())) {
                return;
            }
            firstNotServed = firstNotServed == null && text.isNotServed() ? text : firstNotServed;
        }
        if (firstNotServed != null) {
            String language = firstNotServed.pair().source();
            throw new InvalidRequest(notAvailable(target, Language.nameOf(language), language)
                    + ", the detected language of " + firstNotServed.field());
        }
    }

    private static LanguagePair pair(Language source, Language target) {
        return new LanguagePair(source.code(), target.code());
    }

    private static @Nullable ServedDirection requireModel(Language source, Language target, ServedModels served) {
        if (source.equals(target)) {
            return null;
        }
        ServedDirection model = served.serving(pair(source, target));
        if (model == null) {
            throw new InvalidRequest(notAvailable(target, source.name(), source.code()));
        }
        return model;
    }

    private static String notAvailable(Language target, String sourceName, String sourceCode) {
        return target.name() + " (" + target.code() + ") is not available as a target language from " + sourceName
                + " (" + sourceCode + ")";
    }

    private ValidText detected(String text, String name, Language target, TextForm form, ServedModels served) {
        List<Detection> guesses = detection.detect(MarkupText.visible(text, form));
        Detection best = guesses.get(0);
        if (best.isUnknown()) {
            return new ValidText(text, name, pair(target, target), null, best);
        }
        for (Detection guess : guesses) {
            Language source = served.language(guess.language()).orElse(null);
            if (source == null || 2 * guess.confidence() < best.confidence()) {
                continue;
            }
            ServedDirection model = served.serving(pair(source, target));
            if (model != null || source.equals(target)) {
                return new ValidText(text, name, pair(source, target), model, guess);
            }
        }
        return new ValidText(text, name, new LanguagePair(best.language(), target.code()), null, best);
    }
}
