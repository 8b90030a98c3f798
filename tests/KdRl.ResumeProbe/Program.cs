using KdRl.TestSupport;

// Trains the toy policy in a folder, going on from its newest checkpoint, and prints the SHA-256 of the final weights.
var options = ToyRun.Options(steps: long.Parse(args[1]), folder: args[0]);
options.Checkpoints.Every = 2;
options.Evaluation.Every = 25;
options.Output.CompletionsEvery = 3;
using var toy = new ToyRun { Reward = ToyTask.Length };
using var trainer = toy.Trainer(options);
await foreach (var step in trainer.RunAsync()) Console.WriteLine($"step {step.Step}");
Console.WriteLine($"weights {toy.Hash()}");
