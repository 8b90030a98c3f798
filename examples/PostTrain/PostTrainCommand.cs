using System.CommandLine;
using KdRl.Examples.PostTrain.Prompts;
using KdRl.Examples.PostTrain.Rewards;

namespace KdRl.Examples.PostTrain;

/// <summary>The command line.</summary>
internal static class PostTrainCommand
{
    public static RootCommand Create()
    {
        var student = new Option<string>("--student") { Description = "Hugging Face directory of the model to train.", Required = true };
        var teacher = new Option<string?>("--teacher") { Description = "Hugging Face directory of the teacher. Left out: reinforcement learning alone." };
        var prompts = new Option<string>("--prompts") { Description = "JSON lines: prompt or messages, and id, reference, task, metadata.", Required = true };
        var heldOut = new Option<string?>("--held-out") { Description = "Prompts for examination. Left out: the last tenth of the prompts." };
        var reward = new Option<string>("--reward") { Description = "What answers are worth.", Required = true };
        reward.AcceptOnlyFromAmong([.. RewardCatalog.Names]);
        var output = new Option<string>("--output") { Description = "Folder of the run.", Required = true };
        var method = new Option<string?>("--method") { Description = "Left out: kdrl with a teacher, grpo without." };
        method.AcceptOnlyFromAmong([.. MethodCatalog.Names]);
        var beta = new Option<double?>("--beta") { Description = "Coefficient of the teacher term. Left out: the method's own." };
        var (steps, perStep, group) = (Whole("--steps", "Steps.", 100), Whole("--prompts-per-step", "Prompts a step.", 16), Whole("--group-size", "Answers a prompt.", 8));
        var rate = new Option<double>("--lr") { Description = "Learning rate.", DefaultValueFactory = _ => 1e-6 };
        var temperature = new Option<double>("--temperature") { Description = "Sampling temperature.", DefaultValueFactory = _ => 1 };
        var tokens = Whole("--max-tokens", "Most tokens of an answer.", 256);
        var seed = new Option<long>("--seed") { Description = "Seed of prompts and samples." };
        var every = Whole("--evaluate-every", "Steps between examinations.", 20);
        var threads = Whole("--threads", "Threads of the tensor library.", Environment.ProcessorCount);
        var rank = new Option<int?>("--lora-rank") { Description = "Trains a low-rank adapter of this rank. Left out: the whole model." };
        var alpha = new Option<double?>("--lora-alpha") { Description = "Scale of the adapter. Left out: twice the rank." };
        var targets = new Option<string[]>("--lora-targets") { Description = "Projections that are adapted, such as q_proj v_proj. Left out: all.", AllowMultipleArgumentsPerToken = true };
        var merge = new Option<bool>("--lora-merge") { Description = "Leaves a whole model with the adapter added. Left out: the adapter, as PEFT keeps it." };
        var reference = new Option<double?>("--reference-kl") { Description = "Coefficient of the KL term to the student as it was. Left out: none." };
        var root = new RootCommand("Post-trains a pretrained model on your prompts with a reward, a teacher, or both.")
        {
            student, teacher, prompts, heldOut, reward, output, method, beta, steps, perStep, group, rate, temperature, tokens, seed, every, threads,
            rank, alpha, targets, merge, reference,
        };
        root.SetAction((parsed, ct) => Report(() => PostTrainRun.RunAsync(
            new PostTrainOptions
            {
                Student = parsed.GetValue(student)!,
                Teacher = parsed.GetValue(teacher),
                Prompts = parsed.GetValue(prompts)!,
                HeldOut = parsed.GetValue(heldOut),
                Reward = parsed.GetValue(reward)!,
                Output = parsed.GetValue(output)!,
                Method = parsed.GetValue(method),
                Beta = parsed.GetValue(beta),
                Steps = parsed.GetValue(steps),
                PromptsPerStep = parsed.GetValue(perStep),
                GroupSize = parsed.GetValue(group),
                LearningRate = parsed.GetValue(rate),
                Temperature = parsed.GetValue(temperature),
                MaxTokens = parsed.GetValue(tokens),
                Seed = parsed.GetValue(seed),
                EvaluateEvery = parsed.GetValue(every),
                Threads = parsed.GetValue(threads),
                LoraRank = parsed.GetValue(rank),
                LoraAlpha = parsed.GetValue(alpha),
                LoraTargets = parsed.GetValue(targets) ?? [],
                MergesLora = parsed.GetValue(merge),
                ReferenceKl = parsed.GetValue(reference),
            },
            ct)));
        root.Add(MakeStoryPrompts());
        return root;
    }

    private static Command MakeStoryPrompts()
    {
        var words = new Option<string>("--words") { Description = "Word list: lines such as 'thing ball'.", DefaultValueFactory = _ => WordList.DefaultPath };
        var (count, seed) = (Whole("--count", "How many prompts.", 1000), new Option<int>("--seed") { Description = "Chooses the words." });
        var (least, most) = (Whole("--min-words", "Fewest words of a story.", 20), Whole("--max-words", "Most words of a story.", 60));
        var output = new Option<string>("--output") { Description = "File to write.", Required = true };
        var command = new Command("make-story-prompts", "Makes beginnings of stories for the reward story-words.") { words, count, seed, least, most, output };
        command.SetAction((parsed, _) => Report(() =>
        {
            PromptFile.Write(parsed.GetValue(output)!, StoryPrompts.Make(
                WordList.Read(parsed.GetValue(words)!), parsed.GetValue(count), parsed.GetValue(seed), parsed.GetValue(least), parsed.GetValue(most)));
            return Task.CompletedTask;
        }));
        return command;
    }

    /// <summary>Faults of input are said in one line; anything else keeps its stack.</summary>
    private static async Task<int> Report(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException or IOException or Microsoft.Extensions.Options.OptionsValidationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static Option<int> Whole(string name, string description, int value)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError($"{name} is {result.GetValueOrDefault<int>()}, expected at least 1.");
        });
        return option;
    }
}
