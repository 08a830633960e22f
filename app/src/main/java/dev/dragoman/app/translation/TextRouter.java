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
 * alike in many languages. A text whose language cannot be told at all stays as it is.
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
     * @throws InvalidRequest if no model serves the direction of a text; the message names both languages
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
        return routed;
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
        throw new InvalidRequest(notAvailable(target, Language.nameOf(best.language()), best.language())
                + ", the detected language of " + name);
    }
}
