// The clients for node: translate and DeepL's own library.
import * as deepl from "deepl-node";
import translate from "translate";

const url = process.argv[2];
const SENTENCE = "The file could not be opened.";

function check(client, what, holds, found) {
  if (!holds) {
    console.error(`${client}: ${what}: ${JSON.stringify(found)}`);
    process.exit(1);
  }
  console.log(`ok ${client}: ${what}`);
}

async function refused(call) {
  try {
    await call();
  } catch (error) {
    return error.message;
  }
  return null;
}

async function npmTranslate() {
  const name = "translate";
  translate.engine = "libre";
  translate.url = `${url}/translate`;
  translate.key = "any";
  const text = await translate(SENTENCE, { from: "en", to: "de" });
  check(name, "translates", text.includes("Datei"), text);
  const error = await refused(() => translate(SENTENCE, { from: "de", to: "fr" }));
  check(name, "reads errors", error?.includes("French (fr) is not available"), error);
}

async function deeplNode() {
  const name = "deepl-node";
  const client = new deepl.DeepLClient("any:fx", { serverUrl: url });
  const result = await client.translateText(SENTENCE, null, "fr");
  check(name, "translates", result.text.includes("fichier"), result);
  check(name, "detects the source", result.detectedSourceLang === "en", result);
  check(name, "counts characters", result.billedCharacters === SENTENCE.length, result);
  const results = await client.translateText([SENTENCE, "5 %"], "en", "de", { tagHandling: "html", splitSentences: "0" });
  check(name, "translates a list", results[0].text.includes("Datei") && results[1].text === "5 %", results);
  const sources = await client.getSourceLanguages();
  check(name, "lists sources", sources.some((source) => source.code === "en"), sources);
  const targets = await client.getTargetLanguages();
  check(name, "lists targets", targets.some((target) => target.code === "de" && target.supportsFormality === false), targets);
  const usage = await client.getUsage();
  check(name, "reads usage", usage.character.count > 0 && !usage.anyLimitReached(), usage);
  const error = await refused(() => client.translateText("a", null, "xx"));
  check(name, "reads errors", error?.includes("Value for 'target_lang' not supported: xx"), error);
}

await npmTranslate();
await deeplNode();
