// Draws with llama.cpp: for each line that is read, the sequences are drawn side by side and the seconds are written.
import {createInterface} from "node:readline";
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const [modelPath, ...numbers] = process.argv.slice(2);
const [sequences, promptTokens, newTokens, threads] = numbers.map(Number);
const llama = await getLlama({gpu: false, maxThreads: threads, build: "never", logLevel: LlamaLogLevel.error});
const model = await llama.loadModel({modelPath});
const context = await model.createContext({sequences, contextSize: promptTokens + newTokens + 16, threads, batchSize: Math.max(512, sequences)});
const all = Array.from({length: sequences}, () => context.getSequence());

async function draw(sequence, index) {
    // Ordinary words of the vocabulary; groups of eight share a prompt, as ours do.
    const prompt = Array.from({length: promptTokens}, (_, i) => 300 + 50 * Math.floor(index / 8) + i);
    let drawn = 0;
    for await (const _ of sequence.evaluate(prompt, {temperature: 1, seed: index, yieldEogToken: true}))
        if (++drawn === newTokens) break;
    if (drawn !== newTokens) throw new Error(`${drawn} tokens were drawn; expected ${newTokens}`);
}

for await (const _ of createInterface({input: process.stdin})) {
    for (const sequence of all) await sequence.clearHistory();
    const start = performance.now();
    await Promise.all(all.map(draw));
    console.log((performance.now() - start) / 1000);
}
