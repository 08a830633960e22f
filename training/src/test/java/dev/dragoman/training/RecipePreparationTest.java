package dev.dragoman.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.training.preparation.FileServer;
import dev.dragoman.training.preparation.SmallWmt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a recipe may say of its preparation; every mistake is named with key and value. */
class RecipePreparationTest {
    @TempDir
    Path directory;

    private String write(String pieces) throws IOException {
        try (FileServer server = new FileServer()) {
            SmallWmt.serve(server);
            return Files.readString(SmallWmt.recipe(server, directory.resolve("recipe.yaml"), pieces));
        }
    }

    @Test
    void read_learntVocabulary_liesInTheData() throws IOException {
        write("");
        Path file = directory.resolve("recipe.yaml");
        TranslationRecipe recipe = (TranslationRecipe) Recipe.read(file);
        assertThat(recipe.piecesFile(file, directory.resolve("data")))
                .isEqualTo(directory.resolve("data/pieces.model"));
        assertThat(recipe.preparationPlan(file).controlPieces()).containsExactly("<2de>", "<2en>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            name: small                      | pieces: x.model             | pieces must be absent where preparation.vocabulary says how they are learnt, but is x.model
            'vocabulary: {sentences: 600}'   | ''                          | pieces is missing
            sentences: 600                   | sentences: -1               | preparation.vocabulary.sentences must be from 0.0 to 2.147483647E9, but is -1.0
            text/giga.tsv.gz                 | text/mega.tsv.gz            | corpora: file must be that of a text of preparation.training
            text/newstest2013.tsv.gz         | text/europarl.tsv.gz        | development: file must be that of a text of preparation.heldOut
            reversed: true                   | weight: 1                   | corpora: text/europarl.tsv.gz goes from en to de, but the corpus from de to en
            weight: 2                        | 'kinds: [prose]'            | corpora: kinds of text/giga.tsv.gz must be absent
            'download: giga,'                | 'download: mega,'           | preparation.download of text giga must be one of
            '{name: giga, url'               | '{name: dev, url'           | preparation.downloads: names must be different, but dev is there twice
            '- {name: giga, download'        | '- {name: memory, download' | preparation.training and heldOut: names must be different, but memory is there twice
            /wmt10/training-giga.tar         | /wmt10/dev.tgz              | preparation.downloads: names of files must be different, but dev.tgz is there twice
            /wmt10/training-giga.tar         | /wmt10/                     | preparation.downloads: url of giga must begin with http:// or https:// and end in the name of a file
            http://                          | ftp://                      | must begin with http:// or https://
            'sha256: '                       | 'sha256: x'                 | preparation.downloads: sha256 of europarl must be 64 digits of 0-9 and a-f, but is x
            'bytes: '                        | 'bytes: -'                  | preparation.downloads: bytes of europarl must be above 0, but is -
            'name: europarl,'                | 'name: ../x,'               | preparation.downloads: name must be letters, digits, ., _ and -, at most 100, but is '../x'
            format: TMX                      | format: LINES               | preparation.targetFile or targetDownload of text memory is missing
            format: TMX                      | 'format: TMX, sourceFile: x' | preparation.sourceFile, targetFile and targetDownload of text memory must be absent with TMX
            format: SGML                     | 'format: SGML, file: x'     | preparation.file of text newstest2014 must be sourceFile and targetFile with SGML
            format: TMX                      | format: PDF                 | PDF
            'format: TMX, source: en'        | 'format: TMX, source: de'   | preparation.source and target of text memory must differ, but both are de
            'format: TMX, source: en'        | 'format: TMX, source: eng'  | preparation.source of text memory must be a code of two small letters (ISO 639-1), but is eng
            maximumWords: 50                 | maximumWords: 0             | preparation.cleaning.maximumWords must be from 1.0 to 10000.0, but is 0.0
            minimumLetters: 0.5              | minimumLetters: 50          | preparation.cleaning.minimumLetters must be from 0.0 to 1.0, but is 50.0
            minimumLetters: 0.5,             | ''                          | minimumLetters
            markup: true                     | 'markup: true, speed: 3'    | speed
            """)
    void read_mistake_isNamed(String was, String is, String message) throws IOException {
        String text = write("");
        assertThat(text).contains(was);
        Path file = Files.writeString(
                directory.resolve("mistake.yaml"),
                was.startsWith("name: small") ? text.replace(was, was + "\n" + is) : text.replace(was, is));
        assertThatThrownBy(() -> Recipe.read(file))
                .isInstanceOf(RecipeException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
