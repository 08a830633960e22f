package dev.dragoman.app.translation;

import dev.dragoman.app.translation.TextForm.Markup;
import dev.dragoman.inference.Translation;
import dev.dragoman.inference.Translator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A plain text, or the texts between the tags of one with markup, ready to be translated and put together again. */
final class TranslatableDocument {
    /**
     * A part of the document.
     *
     * @param kept what stays as it is; unused where there is text
     * @param text what is translated, or null
     */
    private record Part(String kept, @Nullable TranslatableText text) {}

    private final List<Part> parts = new ArrayList<>();
    private final boolean isMarkup;

    private TranslatableDocument(boolean isMarkup) {
        this.isMarkup = isMarkup;
    }

    /**
     * Cuts a text.
     *
     * @throws dev.dragoman.app.errors.ServiceException.LimitExceeded if a word is longer than the model reads
     */
    static TranslatableDocument of(ValidText text, TextForm form, Translator translator) {
        TranslatableDocument document = new TranslatableDocument(form.markup() != Markup.NONE);
        if (!document.isMarkup) {
            document.add(text.text(), text, form, translator);
            return document;
        }
        for (MarkupText.Run run : MarkupText.runs(text.text(), form)) {
            if (run.isText()) {
                document.add(Entities.decode(run.content()), text, form, translator);
            } else {
                document.parts.add(new Part(run.content(), null));
            }
        }
        return document;
    }

    private void add(String content, ValidText text, TextForm form, Translator translator) {
        TranslatableText translatable =
                TranslatableText.of(content, text.pair().source(), form.splitting(), translator, text.field());
        parts.add(new Part("", translatable));
    }

    /** Adds what has to be translated, with its number of source tokens. */
    void collect(Map<String, Integer> tokensBySentence) {
        for (Part part : parts) {
            if (part.text() != null) {
                part.text().collect(tokensBySentence);
            }
        }
    }

    /** The sentences of all its texts in their order, each as the parts that it is translated in. */
    List<List<ClauseSplitter.Part>> sentences() {
        List<List<ClauseSplitter.Part>> sentences = new ArrayList<>();
        for (Part part : parts) {
            if (part.text() != null) {
                sentences.addAll(part.text().sentences());
            }
        }
        return sentences;
    }

    /**
     * The document in the other language.
     *
     * @param translations of everything collected
     * @param alternatives how many further translations to make, at most; none of a document with markup
     */
    TranslatedText translated(Map<String, Translation> translations, int alternatives) {
        TranslatableText plain = parts.size() == 1 && !isMarkup ? parts.get(0).text() : null;
        if (plain != null) {
            return plain.translated(translations, alternatives);
        }
        StringBuilder joined = new StringBuilder();
        for (Part part : parts) {
            joined.append(
                    part.text() == null
                            ? part.kept()
                            : Entities.encode(
                                    part.text().translated(translations, 0).text()));
        }
        return new TranslatedText(joined.toString(), List.of());
    }
}
