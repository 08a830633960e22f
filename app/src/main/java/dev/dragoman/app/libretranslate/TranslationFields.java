package dev.dragoman.app.libretranslate;

import dev.dragoman.app.http.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a translation request, as the OpenAPI description tells them; {@link TranslationRequestReader} finds them. */
record TranslationFields(
        @Field(value = "the text; a list gives a list", orSingle = true)
        List<String> q,

        @Field("code of the language, or auto") String source,
        @Field("code of the language") String target,

        @Field(
                value = "with html tags stay as they are; text by default",
                values = {"text", "html"})
        @Nullable
        String format,

        @Field("further translations of each text, none by default") @Nullable
        Integer alternatives,

        @Field(
                value =
                        "terms and their translations, which a sentence that has the term must have; at most 500, in JSON alone",
                example = "[{\"source\":\"file\",\"target\":\"document\"}]")
        @Nullable
        List<Term> glossary,

        @Field(
                value = "words and phrases that no translation may have, at most 100",
                orSingle = true,
                example = "[\"choisissez\"]")
        @Nullable
        List<String> banned,

        @Field(
                value = "how the translation of the first sentence begins; for a single text, at most 1,000 characters",
                example = "\"Veuillez\"")
        @Nullable
        String target_prefix,

        @Field("a key, where the server asks for one") @Nullable
        String api_key) {

    /** Of a glossary. */
    record Term(
            @Field("a word or phrase of the source, case included")
            String source,

            @Field("what it is translated as") String target) {}

    /** Of a request that detects the language of a text. */
    record Detection(
            @Field("the text") String q,

            @Field("a key, where the server asks for one") @Nullable
            String api_key) {}

    /** Of a request that translates a file, beside the file. */
    record File(
            @Field("code of the language, or auto") String source,
            @Field("code of the language") String target,

            @Field("a key, where the server asks for one") @Nullable
            String api_key) {}
}
