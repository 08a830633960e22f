package dev.dragoman.app.translation;

import dev.dragoman.app.translation.ClauseSplitter.Part;
import dev.dragoman.app.translation.TextForm.Markup;
import dev.dragoman.inference.Translator;
import dev.dragoman.inference.faithful.FaithfulTranslation;
import dev.dragoman.inference.faithful.FaithfulTranslator;
import dev.dragoman.inference.faithful.Slot;
import dev.dragoman.inference.faithful.SlottedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A plain text, or the blocks of one with markup, ready to be translated and put together again.
 *
 * <p>A block is what stands between tags that end a sentence; those within a sentence are slots of it.
 */
final class TranslatableDocument {
    /**
     * A part of the document.
     *
     * @param kept what stays as it is; unused where there is text
     * @param text what is translated, or null
     */
    private record Block(String kept, @Nullable TranslatableText text) {}

    private final List<Block> blocks = new ArrayList<>();
    private final ValidText text;
    private final TextForm form;
    private final Translator translator;
    private final ClauseSplitter splitter;

    private TranslatableDocument(ValidText text, TextForm form, Translator translator, FaithfulTranslator faithful) {
        this.text = text;
        this.form = form;
        this.translator = translator;
        this.splitter = new ClauseSplitter(faithful::countTokens, translator.maximumSourceTokens(), text.field());
    }

    /**
     * Cuts a text.
     *
     * @param faithful tells how long sentences are for the model
     * @throws dev.dragoman.app.errors.ServiceException.LimitExceeded if a word is longer than the model reads
     */
    static TranslatableDocument of(ValidText text, TextForm form, Translator translator, FaithfulTranslator faithful) {
        TranslatableDocument document = new TranslatableDocument(text, form, translator, faithful);
        if (form.markup() == Markup.NONE) {
            document.add(new SlottedTextBuilder().text(text.text()).build(), TextEncoding.PLAIN);
        } else {
            document.addMarkup(MarkupText.runs(text.text(), form));
        }
        return document;
    }

    private void addMarkup(List<MarkupText.Run> runs) {
        SlottedTextBuilder block = new SlottedTextBuilder();
        for (MarkupText.Run run : runs) {
            switch (run.kind()) {
                case TEXT -> block.text(Entities.decode(run.content()));
                case ELEMENT -> block.slot(new Slot(run.content(), Slot.Kind.ELEMENT));
                case INLINE_TAG -> block.slot(new Slot(run.content(), Slot.Kind.TAG));
                case BLOCK_TAG -> {
                    add(block.build(), TextEncoding.MARKUP);
                    blocks.add(new Block(run.content(), null));
                    block = new SlottedTextBuilder();
                }
            }
        }
        add(block.build(), TextEncoding.MARKUP);
    }

    private void add(SlottedText content, TextEncoding encoding) {
        if (!content.text().isEmpty()) {
            String language = text.pair().source();
            blocks.add(new Block(
                    "", TranslatableText.of(content, language, encoding, form.splitting(), translator, splitter)));
        }
    }

    /** Adds what has to be translated, with its number of source tokens. */
    void collect(Map<SlottedText, Integer> tokensBySentence) {
        for (Block block : blocks) {
            if (block.text() != null) {
                block.text().collect(tokensBySentence);
            }
        }
    }

    /**
     * A sentence of the document.
     *
     * @param text what it is in
     * @param parts what it is translated in
     */
    record Sentence(TranslatableText text, List<Part> parts) {}

    /** The sentences of all its texts in their order. */
    List<Sentence> sentences() {
        List<Sentence> sentences = new ArrayList<>();
        for (Block block : blocks) {
            TranslatableText of = block.text();
            if (of != null) {
                of.sentences().forEach(parts -> sentences.add(new Sentence(of, parts)));
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
    TranslatedText translated(Map<SlottedText, FaithfulTranslation> translations, int alternatives) {
        TranslatableText plain = blocks.size() == 1 && form.markup() == Markup.NONE
                ? blocks.get(0).text()
                : null;
        if (plain != null) {
            return plain.translated(translations, alternatives);
        }
        StringBuilder joined = new StringBuilder();
        boolean isDegenerate = false;
        for (Block block : blocks) {
            if (block.text() == null) {
                joined.append(block.kept());
                continue;
            }
            TranslatedText translated = block.text().translated(translations, 0);
            joined.append(translated.text());
            isDegenerate |= translated.degenerate();
        }
        return new TranslatedText(joined.toString(), List.of(), isDegenerate);
    }
}
