from geoseg import workspace
from geoseg.jobs import queue


def test_runs_come_out_in_the_order_they_went_in(request_of):
    ids = [queue.submit(request_of(), "demo") for _ in range(3)]
    assert [queue.take() for _ in range(4)] == [*ids, None]


def test_an_interrupted_run_goes_first(request_of):
    first, second = (queue.submit(request_of(), "demo") for _ in range(2))
    assert queue.take() == first
    queue.enqueue(first, queue.FIRST)
    assert [queue.take(), queue.take()] == [first, second]


def test_cancelled_and_deleted_runs_are_passed_over(request_of):
    cancelled, deleted, wanted = (queue.submit(request_of(), "demo") for _ in range(3))
    workspace.request_cancel(cancelled)
    workspace.delete_run(deleted)
    assert [queue.take(), queue.take()] == [wanted, None]


def test_a_run_that_fell_out_of_the_queue_is_found(request_of):
    lost = queue.submit(request_of(), "demo")
    kept = queue.submit(request_of(), "demo")
    assert queue.missing_in_queue() == []
    assert queue.take() == lost
    assert queue.missing_in_queue() == [lost]
    assert queue.take() == kept


def test_the_queue_survives_a_new_process(request_of, home):
    run_id = queue.submit(request_of(), "demo")
    queue._open.cache_clear()
    assert queue.take() == run_id
